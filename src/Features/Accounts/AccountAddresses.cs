using Gateway.Infrastructure.Http;
using Gateway.Proxy.Platforms;

namespace Gateway.Features.Accounts;

/// <summary>The addresses that an account gives: where its secret is sent.</summary>
internal static class AccountAddresses
{
    /// <summary>What speaks against saving them; null: nothing.</summary>
    /// <param name="policy">Where the gateway may send secrets.</param>
    /// <param name="platform">Tells which fields of the credentials are addresses.</param>
    /// <param name="baseUrl">The base address; null: none to check.</param>
    /// <param name="proxyUrl">The outbound proxy; null: none to check.</param>
    /// <param name="credentials">The credentials; null: none to check.</param>
    /// <param name="cancellationToken">Ends name look-ups.</param>
    public static async Task<GatewayError?> CheckAsync(
        UpstreamAddressPolicy policy, PlatformDescription platform, string? baseUrl, string? proxyUrl, AccountCredentials? credentials, CancellationToken cancellationToken)
    {
        var problems = new Dictionary<string, string[]>();
        if (proxyUrl is not null && proxyUrl.Contains($":{UpstreamAddress.Mask}@", StringComparison.Ordinal))
        {
            problems["proxy_url"] = ["Write the password itself: the stars only stand for it in replies."];
            proxyUrl = null;
        }

        await AddAsync("base_url", baseUrl, AddressUse.Base);
        await AddAsync("proxy_url", proxyUrl, AddressUse.Proxy);
        if (credentials is not null)
        {
            foreach (var field in platform.KindOf(credentials).Fields.Where(field => field.IsAddress))
            {
                await AddAsync(CredentialReader.Path(field.Name), credentials.Find(field.Name), AddressUse.Endpoint);
            }
        }

        return problems.Count > 0 ? GatewayError.Invalid(problems) : null;

        async Task AddAsync(string field, string? url, AddressUse use)
        {
            if (url is not null && await policy.CheckWhenSavedAsync(url, use, cancellationToken) is { } problem)
            {
                problems[field] = [problem];
            }
        }
    }

    public static GatewayError Required(PlatformDescription platform) =>
        GatewayError.Invalid("base_url", $"Required for {platform.Id}: the platform has no address of its own.");

    /// <summary>Whether both lead to the same host; null leads nowhere.</summary>
    public static bool SameHost(string? left, string? right, AddressUse use) => Host(left, use) == Host(right, use);

    private static string? Host(string? url, AddressUse use) =>
        url is not null && UpstreamAddress.TryParse(url, use, out var address, out _) ? address.Host : url;
}
