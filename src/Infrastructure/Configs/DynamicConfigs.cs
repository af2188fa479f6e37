using System.Collections.Frozen;
using System.Text.Json;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Configs;

/// <summary>The present values of all settings, from memory.</summary>
internal sealed partial class DynamicConfigs : ICachedArea
{
    private readonly ILogger<DynamicConfigs> _logger;
    private FrozenDictionary<string, object?> _overridden = FrozenDictionary<string, object?>.Empty;
    private long _hits;

    public DynamicConfigs(IEnumerable<IHaveSettings> declarations, ILogger<DynamicConfigs> logger)
    {
        _logger = logger;
        All = [.. declarations.SelectMany(declaration => declaration.Settings).OrderBy(setting => setting.Key, StringComparer.Ordinal)];
        ByKey = All.ToFrozenDictionary(setting => setting.Key, StringComparer.Ordinal);
    }

    /// <summary>Raised after a reload, on the reloading thread.</summary>
    public event Action? Changed;

    public string Area => CacheArea.Configs;

    public int Entries => _overridden.Count;

    public long Hits => Interlocked.Read(ref _hits);

    public IReadOnlyList<Setting> All { get; }

    public FrozenDictionary<string, Setting> ByKey { get; }

    public T Get<T>(Setting<T> setting)
    {
        Interlocked.Increment(ref _hits);
        return _overridden.TryGetValue(setting.Key, out var value) ? (T)value! : setting.DefaultValue;
    }

    public async Task ReloadAsync(IServiceProvider scope, CancellationToken cancellationToken)
    {
        var rows = await scope.GetRequiredService<GatewayDbContext>().SystemConfigs.AsNoTracking().ToListAsync(cancellationToken);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!ByKey.TryGetValue(row.Key, out var setting))
            {
                continue; // A newer or older version's setting: kept in the table, unknown here.
            }

            var value = JsonSerializer.Deserialize<JsonElement>(row.Value);
            if (setting.Check(value) is { } problem)
            {
                Log.Ignored(_logger, row.Key, problem);
                continue;
            }

            values[row.Key] = setting.Read(value);
        }

        _overridden = values.ToFrozenDictionary(StringComparer.Ordinal);
        Changed?.Invoke();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The stored value of '{Key}' is ignored: {Problem}")]
        public static partial void Ignored(ILogger logger, string key, string problem);
    }
}
