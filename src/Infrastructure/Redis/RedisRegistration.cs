namespace Gateway.Infrastructure.Redis;

internal static class RedisRegistration
{
    public static IServiceCollection AddRedis(this IServiceCollection services) => services.AddSingleton<RedisConnection>().AddSingleton<RedisClock>();
}
