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
        services.AddSingleton<UpstreamHandlers>();
        return services;
    }
}
