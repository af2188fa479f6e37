namespace Gateway.Infrastructure.Caching;

internal static class CachingRegistration
{
    /// <summary>Registers a snapshot that is loaded before the first request and kept up to date.</summary>
    public static IServiceCollection AddCachedArea<T>(this IServiceCollection services)
        where T : class, ICachedArea =>
        services.AddSingleton<T>().AddSingleton<ICachedArea>(provider => provider.GetRequiredService<T>());
}
