using System.Text;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Secrets;

namespace Gateway.Infrastructure.Hosting;

internal static partial class HostingRegistration
{
    /// <summary>Options, data directory and the order of start and stop.</summary>
    /// <exception cref="StartupException">A setting cannot work.</exception>
    public static WebApplicationBuilder AddGatewayHosting(this WebApplicationBuilder builder)
    {
        var options = GatewayOptions.Read(builder.Configuration);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new DataDirectory(options.DataDirectory));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddSingleton<Shutdown>();
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Services.AddSingleton<IStartupStep, FirstAdministrator>();
        builder.Services.AddHostedService<StartupService>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Any byte is a character then: a header that is not UTF-8 gets an answer in words instead of an empty 400.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Limits.MaxRequestBodySize = (long)options.MaxBodyMb * 1024 * 1024;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.ConfigureEndpointDefaults(listen => listen.UseFlushDeadline(TimeProvider.System));
        });

        // Set in code and only when nobody chose an address: a value in appsettings.json would win over ASPNETCORE_URLS.
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls("http://0.0.0.0:8080");
        }

        return builder;
    }

    /// <summary>Takes the data directory, and refuses whatever can be refused before anything else is started.</summary>
    /// <exception cref="StartupException">The directory is in use, or a setting cannot work.</exception>
    public static void PrepareStart(this WebApplication app)
    {
        var master = app.Services.GetRequiredService<MasterKey>();
        app.Services.GetRequiredService<RedisConnection>();
        app.Services.GetRequiredService<DataDirectory>().Lock();
        if (!master.IsConfigured && !app.Configuration.IsEmbedded())
        {
            Log.NoMasterKey(app.Logger, MasterKey.Advice);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Advice}")]
        public static partial void NoMasterKey(ILogger logger, string advice);
    }
}
