using Gateway.Proxy.Metering;

namespace Gateway.Proxy;

internal static class ProxyRegistration
{
    public static IServiceCollection AddProxy(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        services.AddScoped<KeySpending>();
        return services;
    }
}
