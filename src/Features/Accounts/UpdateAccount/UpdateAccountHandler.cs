using System.Data;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Json;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Accounts.UpdateAccount;

internal sealed class UpdateAccountHandler(
    GatewayDbContext db,
    PlatformCatalogue catalogue,
    CredentialReader reader,
    UpstreamAddressPolicy policy,
    IAccountHealth health,
    SecretBox box,
    TimeProvider clock) : IRequestHandler<UpdateAccountRequest, Result<AccountView>>
{
    private const int MostAttempts = 10;

    public async Task<Result<AccountView>> Handle(UpdateAccountRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            if (await TryAsync(request, cancellationToken) is { } result)
            {
                return result;
            }

            db.ChangeTracker.Clear();
        }

        return AccountRows.Busy();
    }

    /// <summary>Reads, checks and writes; null when somebody else wrote in between. Names are looked up meanwhile, so no lock is held from the first to the last.</summary>
    private async Task<Result<AccountView>?> TryAsync(UpdateAccountRequest request, CancellationToken cancellationToken)
    {
        if (await db.Accounts.Existing().SingleOrDefaultAsync(row => row.Id == request.Id, cancellationToken) is not { } account)
        {
            return AccountRows.NotFound(request.Id);
        }

        if (IfMatch.Check(request.IfMatch, account.UpdatedAtUtc) is { } stale)
        {
            return stale;
        }

        AccountCredentials? credentials = null;
        if (request.Credentials.Value is { } given)
        {
            var read = reader.Read(account.Platform, given);
            if (read.Error is { } invalid)
            {
                return invalid;
            }

            credentials = read.Value;
        }

        var baseUrl = request.BaseUrl.Or(account.BaseUrl);
        var proxyUrl = NewProxyUrl(request, account);
        if (await CheckAddressesAsync(account, baseUrl, proxyUrl.Value, credentials, cancellationToken) is { } refused)
        {
            return refused;
        }

        var name = request.Name.Or(account.Name);
        if (name != account.Name && await db.Accounts.AnyAsync(row => row.LiveName == name, cancellationToken))
        {
            return AccountRows.NameTaken(name);
        }

        if (credentials is not null)
        {
            // Marks and cooldowns are about the old credentials.
            await health.RecoverAsync(account.Id, cancellationToken);
            await db.ClearMarksAsync(account, cancellationToken);
        }

        await using var transaction = await WriteTransaction.BeginAsync(db, IsolationLevel.Unspecified, cancellationToken);
        if (!await db.ClaimAsync(account, clock, cancellationToken))
        {
            return null;
        }

        Apply(request, account);
        account.Name = name;
        account.LiveName = name;
        account.BaseUrl = baseUrl;
        if (proxyUrl.IsSet)
        {
            account.ProxyUrlEncrypted = AccountProxyUrl.Seal(box, account.Id, proxyUrl.Value);
        }

        if (credentials is not null)
        {
            account.SetCredentials(credentials, catalogue, box);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return await AccountView.OfAsync(account, health, box, cancellationToken);
    }

    /// <summary>The proxy that the change brings; not set: the present one stays, be it readable or not.</summary>
    private Optional<string?> NewProxyUrl(UpdateAccountRequest request, Account account)
    {
        var isReadable = AccountProxyUrl.TryOpen(box, account, out var present);
        var stays = !request.ProxyUrl.IsSet || (isReadable && request.ProxyUrl.Value == present)
            || (request.ProxyUrl.Value is { } url && url == AccountProxyUrl.Shown(box, account));
        return stays ? default : request.ProxyUrl;
    }

    /// <param name="proxyUrl">Null: none, or the present one stays.</param>
    private async Task<GatewayError?> CheckAddressesAsync(
        Account account, string? baseUrl, string? proxyUrl, AccountCredentials? credentials, CancellationToken cancellationToken)
    {
        var platform = catalogue[account.Platform];
        if (baseUrl is null && platform.BaseUrlRequired)
        {
            return AccountAddresses.Required(platform);
        }

        if (credentials is null)
        {
            var problems = new Dictionary<string, string[]>();
            if (!KeepsHost(platform, account, baseUrl))
            {
                problems["base_url"] = ["Another host needs 'credentials' in the same call."];
            }

            // A present proxy that cannot be read is another one.
            if (proxyUrl is not null && !(AccountProxyUrl.TryOpen(box, account, out var present) && AccountAddresses.SameHost(present, proxyUrl, AddressUse.Proxy)))
            {
                problems["proxy_url"] = ["Another host needs 'credentials' in the same call."];
            }

            if (problems.Count > 0)
            {
                return GatewayError.Invalid(problems);
            }
        }

        // What stays as it is was checked when it came, and is checked at every connect.
        return await AccountAddresses.CheckAsync(policy, platform, baseUrl == account.BaseUrl ? null : baseUrl, proxyUrl, credentials, cancellationToken);
    }

    /// <summary>The address of some platforms hangs on the credentials: where these cannot be read, another address counts as another host.</summary>
    private bool KeepsHost(PlatformDescription platform, Account account, string? baseUrl) => baseUrl == account.BaseUrl
        || (AccountCredentials.TryOpen(box, account.Id, account.CredentialsEncrypted) is { } present
            && AccountAddresses.SameHost(platform.BaseUrlOf(account.BaseUrl, present), platform.BaseUrlOf(baseUrl, present), AddressUse.Base));

    private static void Apply(UpdateAccountRequest request, Account account)
    {
        account.Priority = request.Priority.Or(account.Priority);
        account.Weight = request.Weight.Or(account.Weight);
        account.MaxConcurrency = request.MaxConcurrency.Or(account.MaxConcurrency);
        account.RequestsPerMinute = request.RequestsPerMinute.Or(account.RequestsPerMinute);
        account.TokensPerMinute = request.TokensPerMinute.Or(account.TokensPerMinute);
        account.DailyBudgetNanoUsd = request.DailyBudgetUsd.IsSet ? AccountRows.Budget(request.DailyBudgetUsd.Value) : account.DailyBudgetNanoUsd;
        account.Models = request.Models.Or(account.Models);
        account.ModelMapping = request.ModelMapping.Or(account.ModelMapping);
        account.Group = request.Group.Or(account.Group);
        account.Enabled = request.Enabled.Or(account.Enabled);
        account.Options = request.Options.Or(account.Options);
    }
}
