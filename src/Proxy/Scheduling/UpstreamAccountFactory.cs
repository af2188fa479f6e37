using System.Collections.Concurrent;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Tokens;

namespace Gateway.Proxy.Scheduling;

/// <summary>Makes the form of an account that requests use: credentials opened, address known, connection pool chosen.</summary>
internal sealed class UpstreamAccountFactory(SecretBox secrets, UpstreamHandlers handlers, PlatformCatalogue platforms, TimeProvider clock) : IDisposable
{
    private const string Direct = "";

    // One pool for all accounts without an outbound proxy, and one for each proxy. Pools rest when no account uses them.
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _invokers = new(StringComparer.Ordinal);

    // One for each account that was ever loaded.
    private readonly ConcurrentDictionary<long, LiveCredentials> _live = new();

    /// <summary>Where accounts of one outbound proxy send; null: the pool of those without.</summary>
    /// <exception cref="UriFormatException">The address of the proxy is malformed.</exception>
    public HttpMessageInvoker Invoker(string? proxyUrl) =>
        _invokers.GetOrAdd(proxyUrl ?? Direct, url => new HttpMessageInvoker(handlers.Create(url == Direct ? null : url)));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The row's secrets cannot be opened.</exception>
    /// <exception cref="UriFormatException">The row's address is none.</exception>
    public UpstreamAccount Create(Account account, AccountLoad load)
    {
        var credentials = AccountCredentials.Open(secrets, account.Id, account.CredentialsEncrypted);
        var platform = platforms[account.Platform];
        var baseUrl = platform.BaseUrlOf(account.BaseUrl, credentials)
            ?? throw new UriFormatException($"Accounts of {account.Platform} have no address of their own.");
        var proxyUrl = AccountProxyUrl.Open(secrets, account);
        var live = Live(account.Id, $"{baseUrl}\n{proxyUrl}");
        live.Offer(account.CredentialVersion, credentials, account.UpdatedAtUtc, clock.GetUtcNow());
        return new UpstreamAccount(account, live, baseUrl, Invoker(proxyUrl), load, platform.ModelNames?.Invoke(account.Options, credentials));
    }

    private LiveCredentials Live(long accountId, string place) => _live.AddOrUpdate(
        accountId, static (_, place) => new LiveCredentials(place), static (_, known, place) => known.Place == place ? known : new LiveCredentials(place), place);

    public void Dispose()
    {
        foreach (var invoker in _invokers.Values)
        {
            invoker.Dispose();
        }
    }
}
