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

    /// <summary>The newest prices in force. An OAuth account of Claude's has its own, then Claude's.</summary>
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

    public IReadOnlyList<PriceOverride> History(Platform platform, string model) =>
        _byPlatform.TryGetValue(platform, out var names) && names.TryGetValue(KeyOf(platform, model), out var timeline)
            ? timeline.NewestFirst
            : [];

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
        private readonly PriceQuote[] _quotes;

        public Timeline(PriceCatalog catalog, string name, IEnumerable<PriceOverride> entries)
        {
            NewestFirst = [.. entries.OrderByDescending(entry => entry.EffectiveFromUtc).ThenByDescending(entry => entry.Id)];
            _quotes = [.. NewestFirst.Select(entry => ToQuote(catalog, name, entry))];
        }

        public IReadOnlyList<PriceOverride> NewestFirst { get; }

        public PriceQuote? At(DateTime atUtc)
        {
            for (var i = 0; i < _quotes.Length; i++)
            {
                if (NewestFirst[i].EffectiveFromUtc <= atUtc)
                {
                    return _quotes[i];
                }
            }

            return null;
        }

        /// <summary>Prices are replaced whole; what the model can do is no price and stays known.</summary>
        private static PriceQuote ToQuote(PriceCatalog catalog, string name, PriceOverride entry)
        {
            catalog.TryFind(entry.Platform, name, out var shipped);
            return new PriceQuote
            {
                Version = $"override:{entry.Id}",
                Model = name,
                Prices = entry.Prices with
                {
                    Mode = entry.Prices.Mode ?? shipped?.Prices.Mode,
                    ContextWindow = entry.Prices.ContextWindow ?? shipped?.Prices.ContextWindow,
                    MaxOutputTokens = entry.Prices.MaxOutputTokens ?? shipped?.Prices.MaxOutputTokens,
                },
            };
        }
    }
}
