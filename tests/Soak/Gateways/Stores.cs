using Gateway.Benchmarks.Targets;
using MySqlConnector;
using StackExchange.Redis;

namespace Soak.Gateways;

/// <summary>The database and the Redis behind all gateways, on the servers that the environment names.</summary>
internal sealed class Stores : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _redis;

    private Stores(string mySql, string redisText, ConnectionMultiplexer redis)
    {
        MySql = mySql;
        Redis = redisText;
        _redis = redis;
    }

    public string MySql { get; }

    public string Redis { get; }

    /// <summary>Takes an empty database, which the gateways create, and empties Redis.</summary>
    public static async Task<Stores> CreateAsync()
    {
        var mySql = new MySqlConnectionStringBuilder(Required("GATEWAY_TEST_MYSQL")) { Database = $"gateway_soak_{Guid.NewGuid():N}" };
        var text = Required("GATEWAY_TEST_REDIS");
        var options = ConfigurationOptions.Parse(text);
        options.AllowAdmin = true;
        var redis = await ConnectionMultiplexer.ConnectAsync(options);
        await redis.GetServers()[0].FlushDatabaseAsync(options.DefaultDatabase ?? 0);
        return new Stores(mySql.ToString(), text, redis);
    }

    /// <summary>What requests hold of the slots of accounts and keys, with those that wait for one: names, and how many.</summary>
    public async Task<Dictionary<string, long>> HeldSlotsAsync()
    {
        var database = _redis.GetDatabase();
        var held = new Dictionary<string, long>();
        await foreach (var key in _redis.GetServers()[0].KeysAsync(database.Database, "gw:*slots*"))
        {
            // What a script would remove before it counts is not held: the lease has ended.
            var now = new DateTimeOffset(await _redis.GetServers()[0].TimeAsync(), TimeSpan.Zero).ToUnixTimeMilliseconds();
            var count = key.ToString().EndsWith(":queue", StringComparison.Ordinal) || key.ToString().EndsWith(":seen", StringComparison.Ordinal)
                ? await database.SortedSetLengthAsync(key)
                : await database.SortedSetLengthAsync(key, now);
            if (count > 0)
            {
                held[key.ToString()] = count;
            }
        }

        return held;
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        var server = new MySqlConnectionStringBuilder(MySql);
        var database = server.Database;
        server.Database = "";
        await using var connection = new MySqlConnection(server.ToString());
        await connection.OpenAsync();
        await using var drop = connection.CreateCommand();
        drop.CommandText = $"DROP DATABASE IF EXISTS `{database}`";
        await drop.ExecuteNonQueryAsync();
    }

    private static string Required(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : throw new ServerFailedException($"{variable} is not set: run tests/soak.sh.");
}
