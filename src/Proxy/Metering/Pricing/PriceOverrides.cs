using Gateway.Infrastructure;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>The operator's prices, by platform and name.</summary>
internal sealed class PriceOverrides
{
    private readonly Dictionary<Platform, Dictionary<string, Timeline>> _byPlatform = [];

    public PriceOverrides(PriceCatalog catalog, IEnumerable<PriceOverride> overrides)
    {
        foreach (var platform in overrides.GroupBy(entry => entry.Platform))
        {
            _byPlatform[platform.Key] = platform
                .GroupBy(entry => KeyOf(entry.Platform, entry.Model), StringComparer.OrdinalIgnoreCase)
                .ToDictionary(name => name.Key, name => new Timeline(catalog, name.Key, name), StringComparer.OrdinalIgnoreCase);
        }
    }

    public bool IsEmpty => _byPlatform.Count == 0;

    /// <summary>Whether the operator means the same model by both names: case does not matter, nor what an ARN says beside the model.</summary>
    public static bool IsSameName(Platform platform, string one, string other) =>
        KeyOf(platform, one).Equals(KeyOf(platform, other), StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The newest prices in force; null when there are none or the newest entry ends them. An OAuth account of Claude's has its own, then Claude's.
    /// </summary>
    public PriceQuote? Find(Platform platform, ReadOnlySpan<char> name, DateTime atUtc)
    {
        if (IsEmpty)
        {
            return null;
        }

        var own = FindOn(platform, name, atUtc);
        var shared = PriceCatalog.PricedAs(platform);
        return own is null && shared != platform ? FindOn(shared, name, atUtc) : own;
    }

    /// <summary>The names that have entries, be they over or to come.</summary>
    public IEnumerable<string> NamesOf(Platform platform) => _byPlatform
        .Where(names => names.Key == platform || names.Key == PriceCatalog.PricedAs(platform))
        .SelectMany(names => names.Value.Keys);

    private PriceQuote? FindOn(Platform platform, ReadOnlySpan<char> name, DateTime atUtc) =>
        _byPlatform.TryGetValue(platform, out var names)
        && names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var timeline)
            ? timeline.At(atUtc)
            : null;

    /// <summary>Look-ups ask for an ARN's model, so that is what is kept.</summary>
    private static string KeyOf(Platform platform, string model) =>
        platform == Platform.Bedrock ? ModelName.WithoutArn(model).ToString() : model;

    /// <summary>One name's prices through time.</summary>
    private sealed class Timeline
    {
        private readonly (DateTime FromUtc, PriceQuote? Quote)[] _newestFirst;

        public Timeline(PriceCatalog catalog, string name, IEnumerable<PriceOverride> entries) => _newestFirst =
        [
            .. entries
                .OrderByDescending(entry => entry.EffectiveFromUtc)
                .ThenByDescending(entry => entry.Id)
                .Select(entry => (entry.EffectiveFromUtc, ToQuote(catalog, name, entry))),
        ];

        public PriceQuote? At(DateTime atUtc)
        {
            foreach (var (fromUtc, quote) in _newestFirst)
            {
                if (fromUtc <= atUtc)
                {
                    return quote;
                }
            }

            return null;
        }

        /// <summary>Prices are replaced whole; what the model can do is no price and stays known. The end of a price has no quote.</summary>
        private static PriceQuote? ToQuote(PriceCatalog catalog, string name, PriceOverride entry)
        {
            if (entry.Prices is not { } prices)
            {
                return null;
            }

            catalog.TryFind(entry.Platform, name, out var shipped);
            return new PriceQuote
            {
                Version = PriceOverride.Version(entry.Id),
                Model = name,
                EffectiveFromUtc = entry.EffectiveFromUtc,
                Prices = prices with
                {
                    Mode = prices.Mode ?? shipped?.Prices.Mode,
                    ContextWindow = prices.ContextWindow ?? shipped?.Prices.ContextWindow,
                    MaxOutputTokens = prices.MaxOutputTokens ?? shipped?.Prices.MaxOutputTokens,
                },
            };
        }
    }
}
