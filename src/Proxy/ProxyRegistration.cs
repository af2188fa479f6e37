using Gateway.Infrastructure;
using Gateway.Infrastructure.Http;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy;

internal static class ProxyRegistration
{
    /// <exception cref="StartupException">A setting of the proxy cannot work.</exception>
    public static IServiceCollection AddProxy(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddUpstreamHttp(configuration);
        services.AddSingleton(PlatformCatalogue.Read(configuration));
        services.AddSingleton<CredentialReader>();
        services.AddSingleton<IAccountHealth, NoAccountHealth>();
        services.AddScoped<KeySpending>();
        return services;
    }
}
