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

/// <summary>An empty database and an empty Redis of a test's own, on the servers that <c>test.sh</c> started.</summary>
public sealed class TestStorage
{
    private const int RedisDatabases = 16;

    private static int _lastRedisDatabase = -1;

    private TestStorage(string mySql, string redis)
    {
        MySql = mySql;
        Redis = redis;
    }

    public string MySql { get; }

    public string Redis { get; }

    public static TestStorage Create()
    {
        var mySql = new MySqlConnectionStringBuilder(Required("GATEWAY_TEST_MYSQL")) { Database = $"gateway_test_{Guid.NewGuid():N}" };
        var redis = ConfigurationOptions.Parse(Required("GATEWAY_TEST_REDIS"));
        redis.DefaultDatabase = Interlocked.Increment(ref _lastRedisDatabase) % RedisDatabases;
        redis.AllowAdmin = true;
        using (var connection = ConnectionMultiplexer.Connect(redis))
        {
            connection.GetServers()[0].FlushDatabase(redis.DefaultDatabase.Value);
        }

        redis.AllowAdmin = false;
        return new TestStorage(mySql.ToString(), redis.ToString(includePassword: true));
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
