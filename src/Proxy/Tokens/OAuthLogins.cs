using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Secrets;

namespace Gateway.Proxy.Tokens;

/// <summary>A log-in at a provider that has begun: what its end needs to know.</summary>
/// <param name="UserId">Who began it, and alone may end it.</param>
/// <param name="Platform">Of the account.</param>
/// <param name="AccountId">The account that gets the new credentials; null: a new one.</param>
/// <param name="ProxyUrl">Outbound proxy that the request named; null: it named none.</param>
/// <param name="TokenUrl">The token endpoint, if it is named; null: the one that belongs to the account's address.</param>
/// <param name="CodeVerifier">The secret of RFC 7636, which makes the code worthless for others.</param>
internal sealed record OAuthLogin(
    long UserId, string Platform, long? AccountId, string? ProxyUrl, string? TokenUrl, string ClientId, string RedirectUri, string CodeVerifier);

/// <summary>Log-ins that have begun, where every instance finds them: encrypted, in Redis, for ten minutes, each for one use.</summary>
internal sealed class OAuthLogins(RedisConnection redis, SecretBox box)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private const int RandomBytes = 32; // RFC 7636, 4.1 recommends so many for the verifier

    /// <summary>Text that nobody guesses, of characters that need no escape in an address.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>What is shown of a verifier beforehand (S256, RFC 7636, 4.2).</summary>
    public static string Challenge(string codeVerifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(codeVerifier)));

    /// <exception cref="StackExchange.Redis.RedisException">Redis is away; or what <see cref="RedisFailure"/> knows. So with the other call.</exception>
    public Task AddAsync(string state, OAuthLogin login)
    {
        var hash = Hash(state);
        return redis.Database.StringSetAsync(RedisKeys.OAuthLogin(hash), box.Seal(JsonSerializer.Serialize(login), SecretPlace.OAuthLogin(hash)), Life);
    }

    /// <summary>Takes the log-in, so that nobody else can.</summary>
    /// <returns>Null: there is none, or none any more.</returns>
    public async Task<OAuthLogin?> TakeAsync(string state)
    {
        var hash = Hash(state);
        return (string?)await redis.Database.StringGetDeleteAsync(RedisKeys.OAuthLogin(hash)) is { } envelope
            ? JsonSerializer.Deserialize<OAuthLogin>(box.Open(envelope, SecretPlace.OAuthLogin(hash)))
            : null;
    }

    public static GatewayError RedisAway() => GatewayError.Unavailable("Redis, which keeps log-ins that have begun, does not answer at the moment.", TimeSpan.FromSeconds(5));

    private static string Hash(string state) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)));
}
