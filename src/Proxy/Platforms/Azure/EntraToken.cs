using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Streaming;
using MsalServiceException = Microsoft.Identity.Client.MsalServiceException;

namespace Gateway.Proxy.Platforms.Azure;

/// <summary>The token of one application: fetched once however many ask, and again ahead of its end while the old one serves. Thread-safe.</summary>
/// <remarks>Source: Azure.Identity 1.21; Microsoft identity platform, client credentials flow, read 2026-11. Tokens last 60 to 90 minutes.</remarks>
internal sealed partial class EntraToken(AccountCredentials credentials, EntraOptions options, TimeProvider clock, ILogger logger)
{
    /// <summary>So long before its end a token is renewed in the background.</summary>
    private static readonly TimeSpan RenewAhead = TimeSpan.FromMinutes(5);

    /// <summary>A token that ends so soon may do so on the way.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(30);

    /// <summary>After a failure nobody asks again for so long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private AccessToken _token;
    private Task<TokenResult>? _fetching;
    private TokenResult _failed;
    private DateTimeOffset _pausedUntil;

    /// <summary>Whether these are still the account's credentials.</summary>
    public bool IsOf(AccountCredentials current) =>
        ReferenceEquals(current, credentials)
        || (current.Kind == credentials.Kind
            && current.Find(CredentialFields.TenantId) == credentials[CredentialFields.TenantId]
            && current.Find(CredentialFields.ClientId) == credentials[CredentialFields.ClientId]
            && current.Find(CredentialFields.ClientSecret) == credentials[CredentialFields.ClientSecret]);

    public ValueTask<TokenResult> GetAsync(UpstreamAccount account, CancellationToken cancellationToken)
    {
        Task<TokenResult> fetching;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var left = _token.ExpiresOn - now; // Very negative while there is none.
            if (left < RenewAhead && _fetching is null && now >= _pausedUntil)
            {
                // Not the caller's task: one client that leaves must not take the token from the others.
                _fetching = Task.Run(() => FetchAsync(account), CancellationToken.None);
            }

            if (left > Reserve)
            {
                return ValueTask.FromResult(new TokenResult(_token.Token, null));
            }

            if (_fetching is null)
            {
                return ValueTask.FromResult(_failed);
            }

            fetching = _fetching;
        }

        return new ValueTask<TokenResult>(fetching.WaitAsync(cancellationToken));
    }

    private async Task<TokenResult> FetchAsync(UpstreamAccount account)
    {
        using var limit = new CancellationTokenSource(FetchLimit, clock);
        AccessToken token = default;
        Failure? failure = null;
        try
        {
            token = await Credential(account).GetTokenAsync(new TokenRequestContext([options.Scope]), limit.Token);
        }
        catch (Exception exception)
        {
            failure = Explain(exception);
            Log.NoToken(logger, account.Id, failure.Message);
        }

        lock (_lock)
        {
            _fetching = null;
            if (failure is null)
            {
                _token = token;
                return new TokenResult(token.Token, null);
            }

            _pausedUntil = clock.GetUtcNow() + Pause;
            return _failed = new TokenResult(null, failure);
        }
    }

    /// <summary>A new one for each fetch: it has a cache of its own, which would give a token back that is to be renewed.</summary>
    private ClientSecretCredential Credential(UpstreamAccount account)
    {
        var settings = new ClientSecretCredentialOptions
        {
            AuthorityHost = new UriBuilder(options.Authority) { Scheme = Uri.UriSchemeHttps, Port = options.Authority.Port }.Uri,
            DisableInstanceDiscovery = true, // It would ask another host whether the operator's is one of Microsoft's.
            Transport = new HttpClientTransport(new EntraTransport(account.Invoker, options.Authority)),
            Diagnostics = { IsTelemetryEnabled = false, IsLoggingEnabled = false, IsDistributedTracingEnabled = false },
            Retry = { MaxRetries = 1, NetworkTimeout = FetchLimit },
        };
        return new ClientSecretCredential(
            credentials[CredentialFields.TenantId], credentials[CredentialFields.ClientId], credentials[CredentialFields.ClientSecret], settings);
    }

    private Failure Explain(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException or IOException or OperationCanceledException or RequestFailedException { Status: 0 })
            {
                return new Failure(FailureKind.Unreachable, $"Microsoft Entra ID gave no token: {options.Authority.Host} could not be reached.");
            }

            if (cause is MsalServiceException { StatusCode: 408 or 429 or >= 500 })
            {
                return new Failure(FailureKind.Overloaded, $"Microsoft Entra ID gave no token: {options.Authority.Host} is busy or has failed.");
            }
        }

        // The server's own words begin with an AADSTS number; before them stand the library's, after their first line ids of the request.
        var said = exception.GetBaseException().Message;
        var own = Math.Max(0, said.IndexOf("AADSTS", StringComparison.Ordinal));
        return new Failure(FailureKind.AuthAccount, Redaction.Apply($"Microsoft Entra ID gave no token: {said[own..].Split('\n')[0].Trim()}", credentials));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Account {AccountId} has no token: {Reason}")]
        public static partial void NoToken(ILogger logger, long accountId, string reason);
    }
}
