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
        redis.AllowAdmin = true;
        using (var connection = ConnectionMultiplexer.Connect(redis))
        {
            // Never one that another test had: its gateway may still be running.
            var server = connection.GetServers()[0];
            redis.DefaultDatabase = Interlocked.Increment(ref _lastRedisDatabase);
            redis.DefaultDatabase.Value.ShouldBeLessThan(server.DatabaseCount, "The server of GATEWAY_TEST_REDIS has too few databases: give it `databases 1000`.");
            server.FlushDatabase(redis.DefaultDatabase.Value);
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
