using System.Globalization;

namespace Gateway.Infrastructure.Secrets;

/// <summary>Where sealed texts stand: part of what is authenticated, and therefore never changed.</summary>
internal static class SecretPlace
{
    public static string Credentials(long accountId) => string.Create(CultureInfo.InvariantCulture, $"accounts/{accountId}/credentials");

    /// <summary>In Redis, for the minutes of a log-in.</summary>
    public static string OAuthLogin(string stateHash) => $"oauth/{stateHash}";

    public static string ProxyUrl(long accountId) => string.Create(CultureInfo.InvariantCulture, $"accounts/{accountId}/proxy_url");
}
