using System.Globalization;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;

namespace Gateway.Proxy.Platforms;

/// <summary>The outbound proxy of an account: encrypted in its row, since it may hold a password.</summary>
internal static class AccountProxyUrl
{
    public static string? Seal(SecretBox box, long accountId, string? proxyUrl) => proxyUrl is null ? null : box.Seal(proxyUrl, Place(accountId));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is not in the ring, or the text was changed or moved.</exception>
    public static string? Open(SecretBox box, Account account) =>
        account.ProxyUrlEncrypted is { } envelope ? box.Open(envelope, Place(account.Id)) : null;

    /// <summary>What may be shown of it.</summary>
    public static string? Masked(string? proxyUrl) =>
        proxyUrl is null ? null
        : UpstreamAddress.TryParse(proxyUrl, AddressUse.Proxy, out var address, out _) ? address.Masked
        : UpstreamAddress.Mask;

    private static string Place(long accountId) => string.Create(CultureInfo.InvariantCulture, $"accounts/{accountId}/proxy_url");
}
