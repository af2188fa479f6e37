using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>The prices in force, in memory: shipped ones, the operator's, and the policy for models without a price.</summary>
internal sealed partial class PriceDirectory : ICachedArea
{
    // Read while the database migrates: the file takes some 50 ms of a cold start.
    private readonly Task<PriceCatalog> _catalog = Task.Run(PriceCatalog.LoadShipped);
    private readonly DynamicConfigs _configs;
    private readonly ILogger<PriceDirectory> _logger;
    private IReadOnlyList<PriceOverride> _overrides = [];
    private PriceBook? _book;
    private long _hits;

    public PriceDirectory(DynamicConfigs configs, ILogger<PriceDirectory> logger)
    {
        _configs = configs;
        _logger = logger;
        configs.Changed += Rebuild;
    }

    public string Area => CacheArea.Prices;

    public int Entries => _catalog.IsCompletedSuccessfully ? _catalog.Result.Entries.Count + _overrides.Count : 0;

    public long Hits => Interlocked.Read(ref _hits);

    /// <exception cref="InvalidOperationException">Prices are not loaded yet.</exception>
    public PriceBook Book
    {
        get
        {
            Interlocked.Increment(ref _hits);
            return _book ?? throw new InvalidOperationException("Prices are not loaded yet.");
        }
    }

    /// <summary>The prices of a model where an account serves it.</summary>
    public PriceQuote Quote(in PricedModel model, DateTime atUtc)
    {
        var book = Book;

        // Operators of Azure name deployments: one whose name has no price is the model that was asked for.
        var name = model.Platform == Platform.Azure && !book.Knows(model.Platform, model.UpstreamModel) ? model.RequestedModel : model.UpstreamModel;
        return book.Find(model.Platform, name, model.Region, atUtc);
    }

    public async Task ReloadAsync(IServiceProvider scope, CancellationToken cancellationToken)
    {
        var rows = await scope.GetRequiredService<GatewayDbContext>().ModelPrices.AsNoTracking().ToReadableListAsync(Skip, cancellationToken);
        var overrides = new List<PriceOverride>(rows.Count);
        foreach (var row in rows)
        {
            try
            {
                var prices = row.Prices is { } json ? JsonSerializer.Deserialize(json, PriceJson.Default.ModelPrices) : null;
                overrides.Add(new PriceOverride(row.Id, row.Platform, row.Model, row.EffectiveFromUtc, prices));
            }
            catch (JsonException exception)
            {
                Skip(row.Id, exception);
            }
        }

        _overrides = overrides;
        await _catalog;
        Rebuild();

        void Skip(long id, Exception exception) => Log.Unreadable(_logger, id, exception.GetBaseException().Message);
    }

    private void Rebuild()
    {
        if (!_catalog.IsCompletedSuccessfully)
        {
            return; // The first load comes and builds the book.
        }

        var kind = _configs.Get(PricingSettings.Unknown) switch
        {
            "refuse" => UnknownModelKind.Refuse,
            "free" => UnknownModelKind.Free,
            _ => UnknownModelKind.Ceiling,
        };
        var policy = new UnknownModelPolicy(kind, _configs.Get(PricingSettings.UnknownInputUsd), _configs.Get(PricingSettings.UnknownOutputUsd));
        _book = new PriceBook(_catalog.Result, _overrides, policy);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Price entry {PriceId} does not count: its stored form cannot be read ({Reason}). Set the price again.")]
        public static partial void Unreadable(ILogger logger, long priceId, string reason);
    }
}
