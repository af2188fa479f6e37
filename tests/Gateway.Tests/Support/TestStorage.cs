using System.Collections.Concurrent;
using MySqlConnector;
using StackExchange.Redis;

namespace Gateway.Tests.Support;

/// <summary>Which pair of stores a gateway runs on.</summary>
public enum StorageKind
{
    /// <summary>SQLite and Garnet, inside the process.</summary>
    Embedded,

    /// <summary>MariaDB (or MySQL) and Redis, as the environment names them.</summary>
    Servers,
}

/// <summary>An empty database and an empty Redis of a test's own, on the servers that <c>test.sh</c> started or the environment names. Disposed when no gateway uses it any more.</summary>
public sealed class TestStorage : IDisposable
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(5);
    private static readonly Lazy<BlockingCollection<int>> FreeRedis = new(AllRedisDatabases);

    private readonly int _redisDatabase;
    private int _disposed;

    private TestStorage(string mySql, string redis, int redisDatabase)
    {
        MySql = mySql;
        Redis = redis;
        _redisDatabase = redisDatabase;
    }

    public string MySql { get; }

    public string Redis { get; }

    /// <summary>Waits while other tests have all of Redis' databases.</summary>
    public static TestStorage Create()
    {
        var mySql = new MySqlConnectionStringBuilder(Required("GATEWAY_TEST_MYSQL")) { Database = $"gateway_test_{Guid.NewGuid():N}" };
        var redis = ConfigurationOptions.Parse(Required("GATEWAY_TEST_REDIS"));
        FreeRedis.Value.TryTake(out var database, WaitLimit).ShouldBeTrue("Other tests have all databases of GATEWAY_TEST_REDIS, and give none back.");
        redis.DefaultDatabase = database;
        redis.AllowAdmin = true;
        using (var connection = ConnectionMultiplexer.Connect(redis))
        {
            connection.GetServers()[0].FlushDatabase(database);
        }

        redis.AllowAdmin = false;
        return new TestStorage(mySql.ToString(), redis.ToString(includePassword: true), database);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        var server = new MySqlConnectionStringBuilder(MySql) { Database = "" };
        using (var connection = new MySqlConnection(server.ToString()))
        {
            connection.Open();
            using var drop = connection.CreateCommand();
            drop.CommandText = $"DROP DATABASE IF EXISTS `{new MySqlConnectionStringBuilder(MySql).Database}`";
            drop.ExecuteNonQuery();
        }

        FreeRedis.Value.Add(_redisDatabase);
    }

    // The one that was given back longest ago comes first.
    private static BlockingCollection<int> AllRedisDatabases()
    {
        using var connection = ConnectionMultiplexer.Connect(ConfigurationOptions.Parse(Required("GATEWAY_TEST_REDIS")));
        return new BlockingCollection<int>(new ConcurrentQueue<int>(Enumerable.Range(0, connection.GetServers()[0].DatabaseCount)));
    }

    private static string Required(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(value))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") is "true", $"{variable} is not set: run ./test.sh.");
            throw new InvalidOperationException($"{variable} must be set in CI.");
        }

        return value;
    }
}
