using System.Diagnostics;
using Gateway.Infrastructure.Redis;
using Simulator;
using StackExchange.Redis;

namespace Gateway.Tests.Support;

/// <summary>Three gateways over one Redis and one database for the tests of a class, started when the first test asks for them.</summary>
public sealed class Fleet : IAsyncDisposable
{
    private const int Size = 3;

    private readonly List<HttpClient> _clients = [];
    private TestStorage? _store;
    private ConnectionMultiplexer? _redis;

    public IReadOnlyList<GatewayServer> Gateways { get; private set; } = [];

    /// <summary>Of each gateway, logged in as the administrator.</summary>
    public IReadOnlyList<HttpClient> Admins { get; private set; } = [];

    /// <summary>Of the first gateway.</summary>
    public HttpClient Admin => Admins[0];

    public TestStorage Store => _store!;

    /// <param name="settings">Dynamic settings for all tests of the class, by which every gateway goes when this returns.</param>
    public async Task StartAsync(params (string Key, object Value)[] settings)
    {
        if (_store is not null)
        {
            return;
        }

        _store = TestStorage.Create();
        Gateways = await Task.WhenAll(Enumerable.Range(0, Size).Select(_ => GatewayServer.StartAsync(StorageKind.Servers, store: _store)));
        Admins = await Task.WhenAll(Gateways.Select(gateway => gateway.CreateAdminClientAsync()));
        _redis = await ConnectionMultiplexer.ConnectAsync(_store.Redis);
        foreach (var (key, value) in settings)
        {
            await Admin.PutDataAsync($"/api/admin/configs/{key}", new { value });
        }

        await HaveSettingsAsync(settings.Length);
    }

    /// <summary>Waits until every gateway goes by so many settings that were set.</summary>
    public Task HaveSettingsAsync(int count) => HaveAsync("configs", count);

    /// <summary>A client of each gateway with the tenant's key, as soon as all of them know the key and the accounts.</summary>
    public async Task<HttpClient[]> CreateClientsAsync(Tenant tenant)
    {
        await HaveAsync("accounts", await EntriesAsync(Admin, "accounts"));
        await HaveAsync("api_keys", await EntriesAsync(Admin, "api_keys"));
        var clients = Gateways.Select(tenant.CreateClient).ToArray();
        _clients.AddRange(clients);
        return clients;
    }

    /// <summary>The same as clients that close their connection when they dispose of an answer that they have not read to its end; others read on for a while.</summary>
    public async Task<HttpClient[]> CreateLeavingClientsAsync(Tenant tenant)
    {
        var clients = (await CreateClientsAsync(tenant)).Select(client => new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 })
        {
            BaseAddress = client.BaseAddress,
            DefaultRequestHeaders = { Authorization = client.DefaultRequestHeaders.Authorization },
        }).ToArray();
        _clients.AddRange(clients);
        return clients;
    }

    /// <summary>Waits until no gateway counts a request at an account.</summary>
    public async Task WaitUntilIdleAsync(IEnumerable<long> accountIds)
    {
        foreach (var id in accountIds)
        {
            foreach (var admin in Admins)
            {
                await Eventually.HoldsAsync(async () => (await admin.GetDataAsync($"/api/admin/accounts/{id}")).GetProperty("in_flight").GetInt32() == 0);
            }
        }
    }

    /// <summary>Members of a sorted set in Redis, those whose lease has ended included.</summary>
    public Task<long> MembersAsync(RedisKey slots) => _redis!.GetDatabase().SortedSetLengthAsync(slots);

    /// <summary>Leases in a sorted set that have not ended, by Redis' clock.</summary>
    public async Task<long> LeasesAsync(RedisKey slots)
    {
        var now = new DateTimeOffset(await _redis!.GetServers()[0].TimeAsync(), TimeSpan.Zero).ToUnixTimeMilliseconds();
        return await _redis.GetDatabase().SortedSetLengthAsync(slots, now, double.PositiveInfinity, Exclude.Start);
    }

    public async Task<string?> TextAsync(RedisKey key) => await _redis!.GetDatabase().StringGetAsync(key);

    /// <summary>Slots of an API key.</summary>
    public async Task<RedisKey> KeySlotsAsync(Tenant tenant)
    {
        var key = await Admin.GetDataAsync($"/api/admin/api-keys/{tenant.ApiKeyId}");
        return RedisKeys.KeySlots(key.GetProperty("user_id").GetInt64(), tenant.ApiKeyId);
    }

    /// <summary>Waits until something holds of all gateways.</summary>
    /// <returns>How long that took.</returns>
    public static async Task<TimeSpan> AllAsync(IEnumerable<HttpClient> clients, Func<HttpClient, Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(clients.Select(client => Eventually.HoldsAsync(() => condition(client))));
        return Stopwatch.GetElapsedTime(started);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Concat(Admins))
        {
            client.Dispose();
        }

        foreach (var gateway in Gateways)
        {
            await gateway.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        _store?.Dispose();
    }

    private Task HaveAsync(string area, int entries) =>
        Task.WhenAll(Admins.Select(admin => Eventually.HoldsAsync(async () => await EntriesAsync(admin, area) == entries)));

    /// <summary>How much of something an instance has in memory.</summary>
    private static async Task<int> EntriesAsync(HttpClient admin, string area) =>
        (await admin.GetDataAsync("/api/admin/cache")).GetProperty("items").EnumerateArray()
        .Single(item => item.GetProperty("area").GetString() == area).GetProperty("entries").GetInt32();
}

/// <summary>What tests of several gateways ask.</summary>
internal static class FleetCalls
{
    /// <summary>Registers more accounts for a tenant, and gives all of them by their ids.</summary>
    public static async Task<Dictionary<long, SimulatedAccount>> WithAccountsAsync(this Tenant tenant, SimulatorServer simulator, params object[] more)
    {
        var upstreams = new Dictionary<long, SimulatedAccount> { [tenant.AccountId] = tenant.Upstream };
        foreach (var account in more)
        {
            var (upstream, id) = await tenant.AddAccountAsync(simulator, "openai", account);
            upstreams.Add(id, upstream);
        }

        return upstreams;
    }
}
