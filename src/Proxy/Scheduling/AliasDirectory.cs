using System.Collections.Frozen;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Proxy.Scheduling;

/// <summary>The global aliases, in memory.</summary>
internal sealed class AliasDirectory : ICachedArea
{
    private FrozenDictionary<string, IReadOnlyList<string>> _aliases = FrozenDictionary<string, IReadOnlyList<string>>.Empty;
    private long _hits;

    public string Area => CacheArea.ModelAliases;

    public int Entries => _aliases.Count;

    public long Hits => Interlocked.Read(ref _hits);

    public IEnumerable<string> Names => _aliases.Keys;

    /// <summary>Another object whenever an alias has changed.</summary>
    public object Snapshot => _aliases;

    /// <summary>The models that an alias stands for, in the order to try them; null: no such alias.</summary>
    public IReadOnlyList<string>? Find(string alias)
    {
        if (!_aliases.TryGetValue(alias, out var models))
        {
            return null;
        }

        Interlocked.Increment(ref _hits);
        return models;
    }

    public async Task ReloadAsync(IServiceProvider scope, CancellationToken cancellationToken)
    {
        var rows = await scope.GetRequiredService<GatewayDbContext>().ModelAliases.AsNoTracking().ToListAsync(cancellationToken);
        _aliases = rows.ToFrozenDictionary(row => row.Alias, row => row.Models, StringComparer.Ordinal);
    }
}
