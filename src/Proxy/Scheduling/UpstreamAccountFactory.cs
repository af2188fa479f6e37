using System.Collections.Concurrent;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Scheduling;

/// <summary>Makes the form of an account that requests use: credentials opened, address completed, connection pool chosen.</summary>
internal sealed class UpstreamAccountFactory(SecretBox secrets, PlatformCatalogue platforms, UpstreamHandlers handlers) : IDisposable
{
    private readonly HttpMessageInvoker _direct = new(handlers.Create());

    // Never emptied: proxies are few, and a pool that nobody uses holds no connection.
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _byProxy = new(StringComparer.Ordinal);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The stored form cannot be read.</exception>
    public UpstreamAccount Create(Account account, AccountLoad load)
    {
        var credentials = AccountCredentials.Open(secrets, account.Id, account.CredentialsEncrypted);
        var baseUrl = platforms[account.Platform].BaseUrlOf(account.BaseUrl, credentials) ?? throw new UriFormatException("The account has no base address.");
        var invoker = AccountProxyUrl.Open(secrets, account) is { } proxyUrl
            ? _byProxy.GetOrAdd(proxyUrl, url => new HttpMessageInvoker(handlers.Create(url)))
            : _direct;
        return new UpstreamAccount(account, credentials.Fields, baseUrl, invoker, load);
    }

    public void Dispose()
    {
        _direct.Dispose();
        foreach (var invoker in _byProxy.Values)
        {
            invoker.Dispose();
        }
    }
}
