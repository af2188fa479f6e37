using StackExchange.Redis;

namespace Gateway.Infrastructure.Redis;

internal static class RedisFailure
{
    /// <summary>Whether Redis refused, is away or was too slow. The client's time-out is no <see cref="RedisException"/>.</summary>
    public static bool Is(Exception exception) => exception is RedisException or RedisTimeoutException;
}
