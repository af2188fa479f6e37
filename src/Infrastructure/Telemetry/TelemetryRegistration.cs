using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Hosting;
using Serilog;
using Serilog.Events;

namespace Gateway.Infrastructure.Telemetry;

internal static class TelemetryRegistration
{
    /// <summary>Serilog to standard output; the gateway's own categories follow the dynamic configuration, frameworks speak only up when something is wrong.</summary>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var levels = new LogLevels();
        builder.Services.AddSingleton(levels);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(LogEventLevel.Warning)

            // Whoever catches a database error logs it, once and with its meaning.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Fatal)

            .Filter.ByExcluding(logged => logged.Exception is BrokenAnswerException)

            // Said in one line at the program's end.
            .Filter.ByExcluding(logged => logged.Exception is { } exception && StartupException.Explain(exception) is not null)
            .Enrich.FromLogContext()
            .Enrich.With<RequestIdEnricher>()
            .WriteTo.Async(sink => sink.Console(new SafeTextFormatter()), bufferSize: 10_000);
        foreach (var (prefix, category) in LogCategory.ByNamespace)
        {
            configuration.MinimumLevel.Override(prefix, levels.For(category));
        }

        builder.Services.AddSerilog(configuration.CreateLogger(), dispose: true);
        return builder;
    }

    /// <summary>Lets the levels follow the settings from now on.</summary>
    public static void UseDynamicLogLevels(this WebApplication app)
    {
        var levels = app.Services.GetRequiredService<LogLevels>();
        var configs = app.Services.GetRequiredService<DynamicConfigs>();
        configs.Changed += () => levels.Apply(configs);
    }
}
