using System.Collections.Concurrent;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Scheduling;

/// <summary>Makes the form of an account that requests use: credentials opened, address known, connection pool chosen.</summary>
internal sealed class UpstreamAccountFactory(SecretBox secrets, UpstreamHandlers handlers, PlatformCatalogue platforms) : IDisposable
{
    private const string Direct = "";

    // One pool for all accounts without an outbound proxy, and one for each proxy. Pools rest when no account uses them.
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _invokers = new(StringComparer.Ordinal);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The row's secrets cannot be opened.</exception>
    /// <exception cref="UriFormatException">The row's address is none.</exception>
    public UpstreamAccount Create(Account account, AccountLoad load)
    {
        var credentials = AccountCredentials.Open(secrets, account.Id, account.CredentialsEncrypted);
        var platform = platforms[account.Platform];
        var baseUrl = platform.BaseUrlOf(account.BaseUrl, credentials)
            ?? throw new UriFormatException($"Accounts of {account.Platform} have no address of their own.");
        var proxyUrl = AccountProxyUrl.Open(secrets, account);
        var invoker = _invokers.GetOrAdd(proxyUrl ?? Direct, url => new HttpMessageInvoker(handlers.Create(url == Direct ? null : url)));
        return new UpstreamAccount(account, credentials, baseUrl, invoker, load, platform.ModelNames?.Invoke(account.Options, credentials));
    }

    public void Dispose()
    {
        foreach (var invoker in _invokers.Values)
        {
            invoker.Dispose();
        }
    }
}
