using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Secrets;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace Gateway.Infrastructure.Hosting.Verbs;

/// <summary>Says whether a start would succeed, and changes nothing. Settings are checked before this runs, by what registers them.</summary>
internal static class CheckConfig
{
    public static readonly Verb Verb = new("check-config", "checks settings, data directory, database, Redis and key ring", RunAsync);

    private static readonly (string Name, Func<IServiceProvider, Task<string>> CheckAsync)[] Checks =
    [
        ("settings", _ => Task.FromResult("every value can be used")),
        ("data directory", services => Task.FromResult(CheckDataDirectory(services.GetRequiredService<DataDirectory>()))),
        ("master key", services => Task.FromResult(CheckMasterKey(services))),
        ("database", CheckDatabaseAsync),
        ("key ring", CheckRingAsync),
        ("redis", CheckRedisAsync),
    ];

    private static async Task<int> RunAsync(IServiceProvider services, string[] values)
    {
        var failed = 0;
        foreach (var (name, checkAsync) in Checks)
        {
            string found;
            try
            {
                found = $"ok      {name,-16}{await checkAsync(services)}";
            }
            catch (Exception exception) when (Explain(exception) is { } reason)
            {
                failed = 1;
                found = $"failed  {name,-16}{reason.ReplaceLineEndings(" ")}";
            }

            await Console.Out.WriteLineAsync(found);
        }

        return failed;
    }

    private static string? Explain(Exception exception) => exception switch
    {
        StartupException or IOException or UnauthorizedAccessException => exception.Message,
        _ when RedisFailure.Is(exception) => exception.Message,
        _ => DatabaseFailure.Of(exception)?.Message,
    };

    private static string CheckDataDirectory(DataDirectory data)
    {
        if (!Directory.Exists(data.Path))
        {
            return $"'{data.Path}' does not exist yet; the first start creates it";
        }

        using (new FileStream(data.File($"check-{Guid.NewGuid():N}"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.DeleteOnClose,
        }))
        {
            return $"'{data.Path}' can be written";
        }
    }

    private static string CheckMasterKey(IServiceProvider services) =>
        services.GetRequiredService<MasterKey>().IsConfigured ? "wraps the key ring"
        : services.GetRequiredService<GatewayDbContext>() is MySqlGatewayDbContext ? $"none. {MasterKey.Advice}"
        : "none; the key ring is a file apart from the database";

    private static async Task<string> CheckDatabaseAsync(IServiceProvider services)
    {
        var db = services.GetRequiredService<GatewayDbContext>();
        if (db is SqliteGatewayDbContext)
        {
            return $"SQLite; {await ShapeAsync(db)}";
        }

        var wanted = new MySqlConnectionStringBuilder(db.Database.GetConnectionString()!);
        try
        {
            await using var connection = new MySqlConnection(wanted.ToString());
            await connection.OpenAsync();
            return $"MySQL {connection.ServerVersion} on {wanted.Server}:{wanted.Port}; {await ShapeAsync(db)}";
        }
        catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.UnknownDatabase)
        {
            return $"MySQL on {wanted.Server}:{wanted.Port}; the first start creates the database '{wanted.Database}'";
        }
    }

    private static async Task<string> ShapeAsync(GatewayDbContext db) => await db.ShapeAsync() switch
    {
        DatabaseShape.None => "the first start creates it",
        DatabaseShape.Present => "of this version",
        DatabaseShape.Older => "of an older version; the next start migrates it",
        _ => throw new StartupException("of a newer version than this program"),
    };

    private static async Task<string> CheckRingAsync(IServiceProvider services)
    {
        if (await services.GetRequiredService<GatewayDbContext>().ShapeAsync() == DatabaseShape.None)
        {
            return "the first start creates it";
        }

        await services.GetRequiredService<RingCheck>().RunAsync(CancellationToken.None);
        return "has every key that stored secrets need";
    }

    private static async Task<string> CheckRedisAsync(IServiceProvider services)
    {
        var redis = services.GetRequiredService<RedisConnection>();
        await redis.ConnectAsync();
        var elapsed = await redis.Database.PingAsync();
        return $"{redis.Describe()}, answers in {elapsed.TotalMilliseconds:0.0} ms";
    }
}
