using System.Diagnostics.CodeAnalysis;
using Gateway.Infrastructure;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>The prices that ship with the gateway, by platform and name. Immutable; names compare without case.</summary>
internal sealed class PriceCatalog
{
    private const string ResourcePrefix = "Gateway.src.Proxy.Metering.Pricing.Data.";

    private static readonly Platform[] Platforms = Enum.GetValues<Platform>();

    private readonly Dictionary<string, PriceQuote>[] _quotes;
    private readonly IReadOnlyList<string>[] _models;
    private readonly Dictionary<string, string?> _onlyRegional = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="files">Price files in the order they are read: where two price a name, the later one counts.</param>
    /// <exception cref="InvalidDataException">A file prices a name twice on one platform.</exception>
    public PriceCatalog(params IReadOnlyList<IReadOnlyList<CatalogEntry>> files)
    {
        Entries = [.. files.SelectMany(file => file)];
        _quotes = ByPlatform(_ => new Dictionary<string, PriceQuote>(StringComparer.OrdinalIgnoreCase));
        foreach (var file in files)
        {
            Index(file);
        }

        IndexOnlyRegional();
        _models = ByPlatform(ListModels);
    }

    /// <summary>Every entry, in the order of the files.</summary>
    public IReadOnlyList<CatalogEntry> Entries { get; }

    /// <summary>Reads the shipped files.</summary>
    /// <exception cref="InvalidDataException">A file is malformed.</exception>
    public static PriceCatalog LoadShipped() => new(
        ReadResource("catalogue", "model-prices.json"),
        ReadResource("supplement", "model-prices-supplement.json"));

    /// <summary>The platform whose prices hold on this one.</summary>
    public static Platform PricedAs(Platform platform) => platform == Platform.ClaudeCcr ? Platform.Claude : platform;

    /// <summary>The prices of exactly this name.</summary>
    public bool TryFind(Platform platform, ReadOnlySpan<char> name, [MaybeNullWhen(false)] out PriceQuote quote) =>
        _quotes[(int)PricedAs(platform)].GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out quote);

    /// <summary>For a Bedrock id that is priced only with a region's prefix: that id, if all such ids cost the same.</summary>
    public string? OnlyRegionalId(ReadOnlySpan<char> bareId) =>
        _onlyRegional.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(bareId, out var id) ? id : null;

    /// <summary>
    /// The names that clients can ask for: chat and embedding models, without the keys that only tell prices apart by region or tuning, and without other clouds' ids.
    /// </summary>
    public IReadOnlyList<string> ModelsOf(Platform platform) => _models[(int)PricedAs(platform)];

    /// <summary>Every name with a price, aliases and the keys of regions included.</summary>
    public IEnumerable<string> NamesOf(Platform platform) => _quotes[(int)PricedAs(platform)].Keys;

    private void Index(IReadOnlyList<CatalogEntry> file)
    {
        foreach (var entry in file)
        {
            foreach (var platform in entry.Platforms)
            {
                var prices = platform == Platform.Claude ? WithSearches(entry.Prices) : entry.Prices;
                var quote = new PriceQuote { Prices = prices, Version = entry.Version, Model = entry.Model };
                Add(platform, entry.Model, quote);
                foreach (var alias in entry.Aliases)
                {
                    Add(platform, alias, quote);
                }
            }
        }
    }

    // Anthropic charges searches alike for all models: 10 USD per 1,000 (pricing page, read 2026-11). Few entries of the files say so.
    private static ModelPrices WithSearches(ModelPrices prices) => prices.PerUnit?.WebSearch is null
        ? prices with { PerUnit = (prices.PerUnit ?? new UnitPrices()) with { WebSearch = 0.01m } }
        : prices;

    private void Add(Platform platform, string name, PriceQuote quote)
    {
        var quotes = _quotes[(int)platform];
        if (quotes.TryGetValue(name, out var earlier) && earlier.Version == quote.Version)
        {
            throw new InvalidDataException(
                $"{quote.Version}: '{name}' has two prices on {platform.Name()}, in the entries '{earlier.Model}' and '{quote.Model}'.");
        }

        quotes[name] = quote;
    }

    private void IndexOnlyRegional()
    {
        var quotes = _quotes[(int)Platform.Bedrock];
        foreach (var (id, quote) in quotes)
        {
            if (id.Contains('/') || !ModelName.TryStripRegion(id, out var bareId))
            {
                continue;
            }

            var bare = bareId.ToString();
            if (!quotes.ContainsKey(bare) && !_onlyRegional.TryAdd(bare, id)
                && _onlyRegional[bare] is { } other && quotes[other] != quote)
            {
                _onlyRegional[bare] = null;
            }
        }
    }

    private List<string> ListModels(Platform platform)
    {
        var names = new List<string>();
        foreach (var (name, quote) in _quotes[(int)platform])
        {
            var isKey = name.Contains('/') || name.StartsWith("ft:", StringComparison.OrdinalIgnoreCase);
            if (!isKey && !(platform != Platform.Bedrock && IsIdOfAnotherCloud(name)) && quote.Prices.Mode is "chat" or "embedding")
            {
                names.Add(name);
            }
        }

        return names;
    }

    // The files give a model the ids that Bedrock (`anthropic.…-v1:0`) and Vertex (`…@20251001`) have for it as further names, whoever sells it.
    private static bool IsIdOfAnotherCloud(string name) =>
        name.Contains("anthropic.", StringComparison.Ordinal) || name.Contains('@') || name.EndsWith(":0", StringComparison.Ordinal);

    private static T[] ByPlatform<T>(Func<Platform, T> make)
    {
        var all = new T[(int)Platforms[^1] + 1];
        foreach (var platform in Platforms)
        {
            all[(int)platform] = make(platform);
        }

        return all;
    }

    private static IReadOnlyList<CatalogEntry> ReadResource(string source, string file)
    {
        using var resource = typeof(PriceCatalog).Assembly.GetManifestResourceStream(ResourcePrefix + file)
            ?? throw new InvalidDataException($"The price file {file} is not in the program.");
        var utf8 = new byte[resource.Length];
        resource.ReadExactly(utf8);
        return PriceFileReader.Read(source, utf8);
    }
}
