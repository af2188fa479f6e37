using Gateway.Infrastructure;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering.Pricing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Proxy.Metering.Pricing;

/// <summary>The directory on a real database in memory, reloaded as the cache refresher would.</summary>
public sealed class PriceDirectoryTests : IAsyncLifetime
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly DynamicConfigs _configs = new([new PricingSettings()], NullLogger<DynamicConfigs>.Instance);
    private readonly PriceDirectory _prices;
    private readonly ServiceProvider _services;

    public PriceDirectoryTests()
    {
        _prices = new PriceDirectory(_configs, NullLogger<PriceDirectory>.Instance);
        _services = new ServiceCollection()
            .AddDbContext<GatewayDbContext, SqliteGatewayDbContext>(options => options.UseSqlite(_connection))
            .BuildServiceProvider();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _connection.OpenAsync(Cancel);
        await using var scope = _services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<GatewayDbContext>().Database.EnsureCreatedAsync(Cancel);
        await _prices.ReloadAsync(scope.ServiceProvider, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _connection.DisposeAsync();
    }

    [Fact]
    public async Task A_change_of_the_policy_changes_what_an_unknown_model_costs_at_once()
    {
        Unknown().ShouldBe(("policy:ceiling", 15, 75, false));

        await SetAsync("pricing.unknown_input_usd", "2.5");
        await SetAsync("pricing.unknown_output_usd", "10");
        Unknown().ShouldBe(("policy:ceiling", 2.5m, 10, false));

        await SetAsync("pricing.unknown", "\"refuse\"");
        Unknown().ShouldBe(("policy:refuse", 2.5m, 10, true));

        await SetAsync("pricing.unknown", "\"free\"");
        Unknown().ShouldBe(("policy:free", 0, 0, false));
    }

    [Fact]
    public async Task A_stored_policy_that_is_not_possible_leaves_the_default()
    {
        await SetAsync("pricing.unknown", "\"guess\"");
        await SetAsync("pricing.unknown_input_usd", "-1");

        Unknown().ShouldBe(("policy:ceiling", 15, 75, false));
    }

    [Fact]
    public async Task A_known_model_costs_the_same_under_every_policy()
    {
        await SetAsync("pricing.unknown", "\"free\"");

        _prices.Book.Find(Platform.OpenAi, "gpt-5.4", null, Shipped.Now).Prices.Input.ShouldBe(2.5m);
    }

    [Fact]
    public async Task A_stored_price_without_prices_is_the_end_of_the_earlier_one()
    {
        var start = Shipped.Now.AddDays(-2);
        var end = Shipped.Now.AddDays(-1);
        await ChangeAsync(_prices, db => db.ModelPrices.AddRangeAsync(
            new ModelPriceOverride { Platform = Platform.OpenAi, Model = "gpt-5.4", EffectiveFromUtc = start, Prices = """{"input":1,"cache_write_5m":2}""" },
            new ModelPriceOverride { Platform = Platform.OpenAi, Model = "gpt-5.4", EffectiveFromUtc = end }));

        var overridden = _prices.Book.Find(Platform.OpenAi, "gpt-5.4", null, start);
        var shipped = _prices.Book.Find(Platform.OpenAi, "gpt-5.4", null, end);

        (overridden.Version, overridden.Prices.Input, overridden.Prices.CacheWrite5m).ShouldBe(("override:1", 1, 2));
        (shipped.Version, shipped.Prices.Input).ShouldBe(("catalogue:2026-08-01", 2.5m));
    }

    private (string Version, decimal? Input, decimal? Output, bool Refused) Unknown()
    {
        var quote = _prices.Book.Find(Platform.OpenAi, "nobody-knows-this", null, Shipped.Now);
        return (quote.Version, quote.Prices.Input, quote.Prices.Output, quote.Refused);
    }

    /// <summary>Only the settings are read again: the prices follow by themselves.</summary>
    private Task SetAsync(string key, string json) => ChangeAsync(
        _configs,
        async db =>
        {
            await db.SystemConfigs.Where(config => config.Key == key).ExecuteDeleteAsync(Cancel);
            db.SystemConfigs.Add(new SystemConfig { Key = key, Value = json, Type = "", Description = "" });
        });

    private async Task ChangeAsync(ICachedArea area, Func<GatewayDbContext, Task> change)
    {
        await using var scope = _services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        await change(db);
        await db.SaveChangesAsync(Cancel);
        await area.ReloadAsync(scope.ServiceProvider, Cancel);
    }
}
