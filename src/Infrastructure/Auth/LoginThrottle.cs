using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gateway.Infrastructure.Redis;
using StackExchange.Redis;

namespace Gateway.Infrastructure.Auth;

/// <summary>Slows down guessing. Failures are counted for user and network together, for the network, and for the user alone.</summary>
/// <remarks>
/// An attempt counts as a failure from its beginning and is taken back when it succeeds: otherwise as many guesses as come at once would be as good as one.
/// A counter's first failures are free, then each one closes its scope for 1 s, 2 s, 4 s … up to 15 minutes. Attempts while it is closed are refused
/// without being counted, so an impatient person does not prolong the wait. The scope of the user alone starts late and stays short:
/// a stranger must not be able to lock somebody out. While Redis is away nothing is throttled but the number of parallel checks (<see cref="Passwords"/>).
/// </remarks>
internal sealed partial class LoginThrottle(RedisConnection redis, ILogger<LoginThrottle> logger)
{
    private static readonly RedisScript Begin = RedisScript.Load("Infrastructure.Auth.BeginLogin.lua");
    private static readonly RedisScript Undo = RedisScript.Load("Infrastructure.Auth.UndoLogin.lua");

    /// <summary>Counts an attempt as failed, unless it has to wait. Call it before the password is looked at.</summary>
    public async Task<LoginAttempt> BeginAsync(string username, IPAddress? address)
    {
        var scopes = Scopes(username, address);
        try
        {
            var arguments = scopes.SelectMany(scope => (RedisValue[])[scope.Free, scope.MostSeconds]).ToArray();
            var reply = (RedisValue[])(await Begin.RunAsync(redis.Database, Keys(scopes), arguments))!;
            return new LoginAttempt(TimeSpan.FromMilliseconds((long)reply[0]), Keys(scopes), reply[1..]);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.RedisAway(logger, exception.Message);
            return new LoginAttempt(TimeSpan.Zero, [], []);
        }
    }

    /// <summary>The password was right: the attempt was no failure, and what this user failed from this network before is forgotten.</summary>
    public Task SucceededAsync(LoginAttempt attempt) => UndoAsync(attempt, forget: 1);

    /// <summary>Nobody looked at the password: the attempt does not count.</summary>
    public Task NotCheckedAsync(LoginAttempt attempt) => UndoAsync(attempt, forget: 0);

    private async Task UndoAsync(LoginAttempt attempt, int forget)
    {
        if (attempt.Keys.Length == 0)
        {
            return;
        }

        try
        {
            await Undo.RunAsync(redis.Database, attempt.Keys, [.. attempt.ClosedTill, forget]);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.RedisAway(logger, exception.Message);
        }
    }

    private static RedisKey[] Keys(Scope[] scopes) => [.. scopes.Select(scope => scope.Key)];

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

    private sealed record Scope(RedisKey Key, int Free, int MostSeconds);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Log-ins are not throttled: {Reason}")]
        public static partial void RedisAway(ILogger logger, string reason);
    }
}

/// <summary>One look at a password.</summary>
/// <param name="Wait">How long to wait before another attempt, and then this one was not counted; zero: go on.</param>
/// <param name="Keys">Where it was counted.</param>
/// <param name="ClosedTill">Until when it closed each of them; empty where it did not.</param>
internal sealed record LoginAttempt(TimeSpan Wait, RedisKey[] Keys, RedisValue[] ClosedTill);
