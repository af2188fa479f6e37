using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gateway.Infrastructure.Redis;
using StackExchange.Redis;

namespace Gateway.Infrastructure.Auth;

/// <summary>Slows down guessing. Failures are counted for user and network together, for the network, and for the user alone.</summary>
/// <remarks>
/// A counter's first failures are free, then each one closes its scope for 1 s, 2 s, 4 s … up to 15 minutes. Attempts while it is closed are refused
/// without being counted, so an impatient person does not prolong the wait. The scope of the user alone starts late and stays short:
/// a stranger must not be able to lock somebody out. While Redis is away nothing is throttled but the number of parallel checks (<see cref="Passwords"/>).
/// </remarks>
internal sealed partial class LoginThrottle(RedisConnection redis, ILogger<LoginThrottle> logger)
{
    private static readonly RedisScript Check = RedisScript.Load("Infrastructure.Auth.CheckLogin.lua");
    private static readonly RedisScript Fail = RedisScript.Load("Infrastructure.Auth.FailLogin.lua");

    /// <summary>How long to wait before another attempt; zero: go on.</summary>
    public Task<TimeSpan> WaitAsync(string username, IPAddress? address) => RunAsync(Check, Scopes(username, address));

    /// <summary>Counts a failure.</summary>
    public Task FailedAsync(string username, IPAddress? address) => RunAsync(Fail, Scopes(username, address));

    /// <summary>Forgets the failures of this user from this network.</summary>
    public async Task SucceededAsync(string username, IPAddress? address)
    {
        try
        {
            await redis.Database.KeyDeleteAsync(Scopes(username, address)[0].Key);
        }
        catch (Exception exception) when (exception is RedisException or RedisTimeoutException)
        {
            Log.RedisAway(logger, exception.Message);
        }
    }

    private static Scope[] Scopes(string username, IPAddress? address)
    {
        var user = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(username.ToLowerInvariant())).AsSpan(0, 8));
        var network = Network(address);
        return
        [
            new(RedisKeys.LoginFailures($"{user}:{network}"), Free: 5, MostSeconds: 900),
            new(RedisKeys.LoginFailures($"network:{network}"), Free: 20, MostSeconds: 900),
            new(RedisKeys.LoginFailures($"user:{user}"), Free: 100, MostSeconds: 30),
        ];
    }

    // One customer of an IPv6 provider has a /64 at least.
    private static string Network(IPAddress? address) => address switch
    {
        null => "none",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };

    private async Task<TimeSpan> RunAsync(RedisScript script, Scope[] scopes)
    {
        try
        {
            var arguments = scopes.SelectMany(scope => (RedisValue[])[scope.Free, scope.MostSeconds]).ToArray();
            var result = await script.RunAsync(redis.Database, [.. scopes.Select(scope => scope.Key)], arguments);
            return TimeSpan.FromMilliseconds((long)result);
        }
        catch (Exception exception) when (exception is RedisException or RedisTimeoutException)
        {
            Log.RedisAway(logger, exception.Message);
            return TimeSpan.Zero;
        }
    }

    private sealed record Scope(RedisKey Key, int Free, int MostSeconds);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Log-ins are not throttled: {Reason}")]
        public static partial void RedisAway(ILogger logger, string reason);
    }
}
