using System.Security.Cryptography;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Metering.Queries;
using Gateway.Proxy.Metering.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Gateway.Tests.Support.UsageGateways))]

namespace Gateway.Tests.Support;

/// <summary>One gateway for each pair of stores that all tests of usage share: each test has users, keys and accounts of its own.</summary>
public sealed class UsageGateways : IAsyncLifetime
{
    private readonly Lazy<Task<UsageGateway>> _embedded = new(() => UsageGateway.StartAsync(StorageKind.Embedded));
    private readonly Lazy<Task<UsageGateway>> _servers = new(() => UsageGateway.StartAsync(StorageKind.Servers));

    public Task<UsageGateway> On(StorageKind storage) => storage == StorageKind.Embedded ? _embedded.Value : _servers.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in (Lazy<Task<UsageGateway>>[])[_embedded, _servers])
        {
            if (gateway is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            {
                await (await gateway.Value).DisposeAsync();
            }
        }
    }
}

/// <summary>The real program, and the gateway's own parts in this process to fill the same stores without proxied requests.</summary>
public sealed class UsageGateway : IAsyncDisposable
{
    private readonly string? _temporary;
    private readonly ServiceProvider _services;

    private UsageGateway(GatewayServer server, HttpClient admin, ServiceProvider services, string? temporary)
    {
        Server = server;
        Admin = admin;
        _services = services;
        _temporary = temporary;
    }

    public GatewayServer Server { get; }

    /// <summary>Logged in as the administrator.</summary>
    public HttpClient Admin { get; }

    internal UsageQueue Queue => Get<UsageQueue>();

    internal UsageStore Store => Get<UsageStore>();

    /// <param name="redis">A Redis of the test's choice; null: the one that belongs to the storage.</param>
    public static async Task<UsageGateway> StartAsync(StorageKind storage, string? redis = null)
    {
        // The embedded Redis listens below the system's temporary folder; in one of its own it can be found.
        var temporary = storage == StorageKind.Embedded ? Directory.CreateTempSubdirectory("usage-").FullName : null;
        var settings = new Dictionary<string, string>();
        if (temporary is not null)
        {
            settings["TMPDIR"] = temporary;
        }

        if (redis is not null)
        {
            settings["ConnectionStrings:Redis"] = redis;
        }

        var server = await GatewayServer.StartAsync(storage, settings);
        var store = server.Store;
        redis ??= store?.Redis ?? $"!{Directory.GetFiles(temporary!, "redis.sock", SearchOption.AllDirectories).Single()}";

        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IConfiguration>(
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Redis"] = redis }).Build());
        services.AddSingleton<RedisConnection>();
        services.AddSingleton(provider => new UsageQueue(provider.GetRequiredService<RedisConnection>(), _ => LimitSet.None));
        services.AddSingleton(new DataDirectory(server.DataDirectory));
        services.AddSingleton<RefusedUsage>();
        services.AddSingleton<UsageStore>();
        services.AddSingleton<LogRetention>();
        services.AddSingleton<UsageTotalsCheck>();
        services.AddSingleton<UnsyncedUsage>();
        if (store is null)
        {
            services.AddDbContext<GatewayDbContext, SqliteGatewayDbContext>(
                options => options.UseSqlite($"Data Source={Path.Combine(server.DataDirectory, "gateway.db")};Default Timeout=30"));
        }
        else
        {
            services.AddDbContext<GatewayDbContext, MySqlGatewayDbContext>(options => options.UseMySql(store.MySql, PersistenceRegistration.OldestMySql));
        }

        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<RedisConnection>().ConnectAsync();
        return new UsageGateway(server, await server.CreateAdminClientAsync(), provider, temporary);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _services.DisposeAsync();
        await Server.DisposeAsync();
        if (_temporary is not null)
        {
            Directory.Delete(_temporary, recursive: true);
        }
    }

    internal T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Does something with the gateway's database.</summary>
    internal async Task<T> WithDbAsync<T>(Func<GatewayDbContext, Task<T>> work)
    {
        await using var scope = _services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<GatewayDbContext>());
    }

    internal async Task<T> AddAsync<T>(T row)
        where T : class
    {
        await WithDbAsync(async db =>
        {
            db.Add(row);
            return await db.SaveChangesAsync();
        });
        return row;
    }

    /// <summary>A user who need not log in.</summary>
    internal Task<User> AddUserAsync()
    {
        var name = People.NewName();
        return AddAsync(new User { Username = name, LiveUsername = name, PasswordHash = "" });
    }

    internal async Task<ApiKey> AddKeyAsync(Subscription? subscription = null) => await AddKeyAsync((await AddUserAsync()).Id, subscription);

    internal Task<ApiKey> AddKeyAsync(long userId, Subscription? subscription = null)
    {
        var name = People.NewName("key");
        return AddAsync(new ApiKey
        {
            UserId = userId,
            Name = name,
            LiveName = name,
            SecretHash = RandomNumberGenerator.GetBytes(32),
            Hint = "sk-…",
            BillingMode = subscription is null ? BillingMode.Quota : BillingMode.Subscription,
            Subscription = subscription,
        });
    }

    internal Task<Account> AddAccountAsync(Platform platform = Platform.Claude)
    {
        var name = People.NewName("account");
        return AddAsync(new Account { Name = name, LiveName = name, Platform = platform });
    }

    /// <summary>Puts requests where ended requests wait for the sync.</summary>
    internal Task QueueAsync(params IEnumerable<EndedRequest> requests) =>
        Task.WhenAll(requests.Select(request => Queue.AddAsync(request, UsageQueue.Write(request))));

    /// <summary>Writes requests to the database as the sync does.</summary>
    internal Task StoreAsync(params IReadOnlyCollection<EndedRequest> requests) => Store.WriteAsync(requests, CancellationToken.None);

    /// <summary>Moves everything that waits to the database.</summary>
    public Task SyncAsync() => Admin.PostDataAsync("/api/admin/sync", new { });
}
