using System.Data;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Tokens;
using MediatR;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Accounts.ExchangeCode;

internal sealed class ExchangeCodeHandler(
    GatewayDbContext db,
    PlatformCatalogue catalogue,
    OAuthLogins logins,
    OAuthClient client,
    UpstreamAccountFactory factory,
    IAccountHealth health,
    SecretBox box,
    ICurrentUser user,
    TimeProvider clock) : IRequestHandler<ExchangeCodeRequest, Result<AccountView>>
{
    private const int MostAttempts = 10;

    public async Task<Result<AccountView>> Handle(ExchangeCodeRequest request, CancellationToken cancellationToken)
    {
        // What can be told before does not use up the log-in.
        var read = CodeOf(request);
        if (read.Error is { } unusable)
        {
            return unusable;
        }

        if (request.Name is { } name && await db.Accounts.AnyAsync(row => row.LiveName == name, cancellationToken))
        {
            return AccountRows.NameTaken(name);
        }

        OAuthLogin? login;
        try
        {
            login = await logins.TakeAsync(request.State);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            return OAuthLogins.RedisAway();
        }
        catch (Exception exception) when (exception is CryptographicException or JsonException)
        {
            login = null;
        }

        if (login is null || login.UserId != user.Id)
        {
            return GatewayError.Invalid("state", "No log-in of yours with this state is under way: each is good for one exchange within ten minutes. Begin a new one.");
        }

        Account? account = null;
        if (login.AccountId is { } id)
        {
            account = await db.Accounts.Existing().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
            if (account is null)
            {
                return AccountRows.NotFound(id);
            }

            if (request.Name is not null)
            {
                return GatewayError.Invalid("name", "This log-in was for an account that has a name. Begin a new one, and leave the name out.");
            }
        }

        var endpoint = EndpointOf(login, account);
        var answer = await client.ExchangeAsync(endpoint, read.Value, login.CodeVerifier, login.RedirectUri, cancellationToken);
        if (answer.Tokens is not { } tokens)
        {
            return answer.Error!.Kind == OAuthErrorKind.Temporary
                ? GatewayError.Unavailable($"The token endpoint gave no tokens ({answer.Error.Code}). Begin a new log-in.", answer.Error.RetryAfter ?? TimeSpan.FromSeconds(5))
                : Refused($"The token endpoint refused the log-in ({answer.Error.Code}). Begin a new one.");
        }

        if (tokens.RefreshToken is null)
        {
            return Refused("The provider gave no refresh token, without which an account would end with its first token. Ask for the scope that gives one.");
        }

        // The tokens exist once: they are written even if whoever asked has left.
        var credentials = CredentialsOf(login, tokens);
        return account is null
            ? await AddAsync(request, login, credentials)
            : await GiveAsync(account, login, credentials);
    }

    /// <summary>The code, taken from the callback if that was sent.</summary>
    private static Result<string> CodeOf(ExchangeCodeRequest request)
    {
        if (request.CallbackUrl is not { } url)
        {
            return request.Code!;
        }

        const string Field = "callback_url";
        var query = QueryHelpers.ParseQuery(new Uri(url).Query);
        if (query.TryGetValue("error", out _))
        {
            return GatewayError.Invalid(Field, "The provider led back without a code: the log-in was refused there.");
        }

        if (query.TryGetValue("state", out var state) && state != request.State)
        {
            return GatewayError.Invalid(Field, "This address belongs to another log-in: its state differs.");
        }

        return query.TryGetValue("code", out var code) && code.ToString() is { Length: > 0 } text
            ? text
            : GatewayError.Invalid(Field, "There is no code in this address.");
    }

    private OAuthEndpoint EndpointOf(OAuthLogin login, Account? account)
    {
        var description = catalogue[PlatformNames.Parse(login.Platform)];
        var proxyUrl = login.ProxyUrl ?? (account is not null && AccountProxyUrl.TryOpen(box, account, out var own) ? own : null);
        var tokenUrl = login.TokenUrl ?? UpstreamUrl.Token(account?.BaseUrl ?? description.DefaultBaseUrl!);
        return new OAuthEndpoint(factory.Invoker(proxyUrl), new Uri(tokenUrl), login.ClientId, account?.Options.TokenEncoding == "form", description.TokenHeader);
    }

    private AccountCredentials CredentialsOf(OAuthLogin login, OAuthTokens tokens)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [CredentialFields.AccessToken] = tokens.AccessToken,
            [CredentialFields.RefreshToken] = tokens.RefreshToken!,
            [CredentialFields.ExpiresAt] = AccountCredentials.Text(tokens.ExpiresAtUtc),
            [CredentialFields.ClientId] = login.ClientId,
        };
        if (login.TokenUrl is not null)
        {
            fields[CredentialFields.TokenUrl] = login.TokenUrl;
        }

        var kind = catalogue[PlatformNames.Parse(login.Platform)].CredentialKinds.Single(kind => kind.Find(CredentialFields.RefreshToken) is not null);
        return new AccountCredentials(kind.Id, fields);
    }

    private async Task<Result<AccountView>> AddAsync(ExchangeCodeRequest request, OAuthLogin login, AccountCredentials credentials)
    {
        var now = clock.UtcNowMicroseconds();
        var name = request.Name ?? $"{login.Platform} {Guid.CreateVersion7():N}";
        var account = new Account { Name = name, LiveName = name, Platform = PlatformNames.Parse(login.Platform), CreatedAtUtc = now, UpdatedAtUtc = now };
        await db.AddAsync(account, credentials, login.ProxyUrl, catalogue, box, CancellationToken.None);
        return AccountView.Of(account, AccountHealth.Idle, box);
    }

    /// <summary>Writes the tokens, whatever else is being changed.</summary>
    private async Task<Result<AccountView>> GiveAsync(Account account, OAuthLogin login, AccountCredentials credentials)
    {
        await health.RecoverAsync(account.Id, CancellationToken.None);
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            await db.ClearMarksAsync(account, CancellationToken.None);
            await using (var transaction = await WriteTransaction.BeginAsync(db, IsolationLevel.Unspecified, CancellationToken.None))
            {
                if (await db.ClaimAsync(account, clock, CancellationToken.None))
                {
                    account.SetCredentials(credentials, catalogue, box);
                    if (login.ProxyUrl is not null)
                    {
                        account.ProxyUrlEncrypted = AccountProxyUrl.Seal(box, account.Id, login.ProxyUrl);
                    }

                    await db.SaveChangesAsync(CancellationToken.None);
                    await transaction.CommitAsync(CancellationToken.None);
                    return await AccountView.OfAsync(account, health, box, CancellationToken.None);
                }
            }

            db.ChangeTracker.Clear();
            if (await db.Accounts.Existing().SingleOrDefaultAsync(row => row.Id == account.Id, CancellationToken.None) is not { } again)
            {
                return AccountRows.NotFound(account.Id);
            }

            account = again;
        }

        return AccountRows.Busy();
    }

    private static GatewayError Refused(string message) => new(StatusCodes.Status400BadRequest, "login_refused", message);
}
