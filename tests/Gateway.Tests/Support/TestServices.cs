using Gateway.Infrastructure;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Support;

/// <summary>The product's own database and secrets, opened beside a gateway, to prepare and to read what no endpoint shows.</summary>
internal sealed class TestServices : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    private TestServices(ServiceProvider provider) => _provider = provider;

    public GatewayDbContext Database => _provider.GetRequiredService<GatewayDbContext>();

    public SecretRing Ring => _provider.GetRequiredService<SecretRing>();

    public SecretBox Box => _provider.GetRequiredService<SecretBox>();

    public CacheRefresher Caches => _provider.GetRequiredService<CacheRefresher>();

    /// <param name="areas">Cached areas of the test's own, reloaded in this order.</param>
    public static async Task<TestServices> OpenAsync(GatewayServer server, params ICachedArea[] areas)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:MySql"] = server.Store?.MySql })
            .Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new GatewayOptions());
        services.AddSingleton(new DataDirectory(server.DataDirectory));
        services.AddPersistence(configuration);
        foreach (var area in areas)
        {
            services.AddSingleton(area);
        }

        var opened = new TestServices(services.BuildServiceProvider());
        await opened.Ring.LoadAsync(TestContext.Current.CancellationToken);
        return opened;
    }

    /// <summary>An account as it is stored, its secrets sealed with the newest key.</summary>
    public async Task<long> AddAccountAsync(string name, string credentials, string? proxyUrl)
    {
        var account = new Account { Name = name, LiveName = name, Platform = Platform.Claude, CreatedAtUtc = DateTime.UnixEpoch, UpdatedAtUtc = DateTime.UnixEpoch };
        Database.Accounts.Add(account);
        await Database.SaveChangesAsync(TestContext.Current.CancellationToken);
        account.CredentialsEncrypted = Box.Seal(credentials, SecretPlace.Credentials(account.Id));
        account.ProxyUrlEncrypted = proxyUrl is null ? null : Box.Seal(proxyUrl, SecretPlace.ProxyUrl(account.Id));
        await Database.SaveChangesAsync(TestContext.Current.CancellationToken);
        return account.Id;
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
