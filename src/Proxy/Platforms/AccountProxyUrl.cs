using System.Security.Cryptography;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;

namespace Gateway.Proxy.Platforms;

/// <summary>The outbound proxy of an account: encrypted in its row, since it may hold a password.</summary>
internal static class AccountProxyUrl
{
    public static string? Seal(SecretBox box, long accountId, string? proxyUrl) => proxyUrl is null ? null : box.Seal(proxyUrl, SecretPlace.ProxyUrl(accountId));

    /// <exception cref="CryptographicException">The key is not in the ring, or the text was changed or moved.</exception>
    public static string? Open(SecretBox box, Account account) =>
        account.ProxyUrlEncrypted is { } envelope ? box.Open(envelope, SecretPlace.ProxyUrl(account.Id)) : null;

    /// <summary>The same for those who can go on without it.</summary>
    /// <param name="proxyUrl">Null: the account has none, or it cannot be read.</param>
    public static bool TryOpen(SecretBox box, Account account, out string? proxyUrl)
    {
        try
        {
            proxyUrl = Open(box, account);
            return true;
        }
        catch (CryptographicException)
        {
            proxyUrl = null;
            return false;
        }
    }

    /// <summary>What may be shown of an account's proxy; all of it covered when it cannot be read.</summary>
    public static string? Shown(SecretBox box, Account account) => TryOpen(box, account, out var proxyUrl) ? Masked(proxyUrl) : UpstreamAddress.Mask;

    private static string? Masked(string? proxyUrl) =>
        proxyUrl is null ? null
        : UpstreamAddress.TryParse(proxyUrl, AddressUse.Proxy, out var address, out _) ? address.Masked
        : UpstreamAddress.Mask;
}
