using Gateway.Infrastructure;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Accounts.CreateAccount;

internal sealed class CreateAccountHandler(
    GatewayDbContext db, PlatformCatalogue catalogue, CredentialReader reader, UpstreamAddressPolicy policy, SecretBox box, TimeProvider clock)
    : IRequestHandler<CreateAccountRequest, Result<AccountView>>
{
    public async Task<Result<AccountView>> Handle(CreateAccountRequest request, CancellationToken cancellationToken)
    {
        var platform = PlatformNames.Parse(request.Platform);
        var description = catalogue[platform];
        if (request.BaseUrl is null && description.BaseUrlRequired)
        {
            return AccountAddresses.Required(description);
        }

        var read = reader.Read(platform, request.Credentials);
        if (read.Error is { } invalid)
        {
            return invalid;
        }

        var credentials = read.Value;
        if (await AccountAddresses.CheckAsync(policy, description, request.BaseUrl, request.ProxyUrl, credentials, cancellationToken) is { } refused)
        {
            return refused;
        }

        if (await db.Accounts.AnyAsync(row => row.LiveName == request.Name, cancellationToken))
        {
            return AccountRows.NameTaken(request.Name);
        }

        var now = clock.UtcNowMicroseconds();
        var account = new Account
        {
            Name = request.Name,
            LiveName = request.Name,
            Platform = platform,
            BaseUrl = request.BaseUrl,
            Priority = request.Priority,
            Weight = request.Weight,
            MaxConcurrency = request.MaxConcurrency,
            RequestsPerMinute = request.RequestsPerMinute,
            TokensPerMinute = request.TokensPerMinute,
            DailyBudgetNanoUsd = AccountRows.Budget(request.DailyBudgetUsd),
            Models = request.Models ?? [],
            ModelMapping = request.ModelMapping ?? new Dictionary<string, string>(),
            Group = request.Group,
            Enabled = request.Enabled,
            Options = request.Options ?? new AccountOptions(),
            CreatedAtUtc = now,
            UpdatedAtUtc = now,
        };

        await db.AddAsync(account, credentials, request.ProxyUrl, catalogue, box, cancellationToken);
        return AccountView.Of(account, AccountHealth.Idle, box);
    }
}
