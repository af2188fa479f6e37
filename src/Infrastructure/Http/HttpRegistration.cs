using Gateway.Infrastructure.Configs;

namespace Gateway.Infrastructure.Http;

internal static class HttpRegistration
{
    /// <summary>Where upstream calls may go, and the handlers that make them.</summary>
    /// <exception cref="StartupException">A setting of section <c>Upstream</c> cannot work.</exception>
    public static IServiceCollection AddUpstreamHttp(this IServiceCollection services, IConfiguration configuration)
    {
        var options = UpstreamOptions.Read(configuration);
        services.AddSingleton(options);
        services.AddSingleton(provider => new UpstreamAddressPolicy(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider =>
        {
            // Asked for late: settings are declared by parts that themselves send.
            var configs = new Lazy<DynamicConfigs>(provider.GetRequiredService<DynamicConfigs>);
            return new UpstreamHandlers(provider.GetRequiredService<UpstreamAddressPolicy>(), () => configs.Value.Get(UpstreamSettings.ConnectSeconds));
        });
        return services;
    }
}
