namespace Gateway.Infrastructure.Telemetry;

/// <summary>The parts of the gateway whose log level is set apart.</summary>
internal static class LogCategory
{
    public const string Main = "main";
    public const string Proxy = "proxy";
    public const string Sync = "sync";
    public const string Scheduler = "scheduler";

    /// <summary>Longest match wins; whatever is not listed is <see cref="Main"/>.</summary>
    public static readonly (string Namespace, string Category)[] ByNamespace =
    [
        ("Gateway.Proxy.Scheduling", Scheduler),
        ("Gateway.Infrastructure.Jobs", Scheduler),
        ("Gateway.Proxy.Metering", Sync),
        ("Gateway.Features.Sync", Sync),
        ("Gateway.Proxy", Proxy),
        ("Gateway", Main),
    ];

    public static IReadOnlyList<string> All { get; } = [Main, Proxy, Sync, Scheduler];

    public static string Of(string sourceContext)
    {
        foreach (var (prefix, category) in ByNamespace)
        {
            if (sourceContext.StartsWith(prefix, StringComparison.Ordinal))
            {
                return category;
            }
        }

        return Main;
    }
}
