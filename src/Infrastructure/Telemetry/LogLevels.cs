using Gateway.Infrastructure.Configs;
using Serilog.Core;
using Serilog.Events;

namespace Gateway.Infrastructure.Telemetry;

/// <summary>One level switch for each category, set from the dynamic configuration.</summary>
internal sealed class LogLevels
{
    private readonly Dictionary<string, LoggingLevelSwitch> _switches =
        LogCategory.All.ToDictionary(category => category, _ => new LoggingLevelSwitch(LogEventLevel.Information));

    public LoggingLevelSwitch For(string category) => _switches[category];

    public void Apply(DynamicConfigs configs)
    {
        var general = configs.Get(LogSettings.Level);
        foreach (var (category, setting) in LogSettings.ByCategory)
        {
            _switches[category].MinimumLevel = Parse(configs.Get(setting) ?? general);
        }
    }

    private static LogEventLevel Parse(string level) => level switch
    {
        "debug" => LogEventLevel.Debug,
        "warn" => LogEventLevel.Warning,
        "error" => LogEventLevel.Error,
        _ => LogEventLevel.Information,
    };
}

/// <summary>The settings of the log.</summary>
internal sealed class LogSettings : IHaveSettings
{
    private static readonly string[] Names = ["debug", "info", "warn", "error"];

    public static readonly Setting<string> Level = new("log.level", "info", "Least level that is logged: debug, info, warn or error.", SettingChecks.OneOf(Names));

    public static readonly IReadOnlyList<(string Category, Setting<string?> Setting)> ByCategory =
    [
        .. LogCategory.All.Select(category => (category, new Setting<string?>(
            $"log.level.{category}",
            null,
            $"Level of the category '{category}'; null: as log.level.",
            value => value is null ? null : SettingChecks.OneOf(Names)(value)))),
    ];

    public IEnumerable<Setting> Settings => [Level, .. ByCategory.Select(pair => pair.Setting)];
}
