using Gateway.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Hosting.Verbs;

/// <summary>Which version's migrations a database has.</summary>
internal enum DatabaseShape
{
    None,
    Older,
    Present,
    Newer,
}

internal static class VerbDatabase
{
    public static async Task<DatabaseShape> ShapeAsync(this GatewayDbContext db)
    {
        // Neither database is created by being asked.
        var applied = (await db.Database.GetAppliedMigrationsAsync()).ToHashSet(StringComparer.Ordinal);
        var known = db.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        return applied.Count == 0 ? DatabaseShape.None
            : !applied.IsSubsetOf(known) ? DatabaseShape.Newer
            : applied.Count < known.Count ? DatabaseShape.Older
            : DatabaseShape.Present;
    }

    /// <summary>The database of a gateway that has been started before.</summary>
    /// <exception cref="StartupException">There is none, or it has another version's shape: only a start changes that.</exception>
    public static async Task<GatewayDbContext> RequireDatabaseAsync(this IServiceProvider services)
    {
        var db = services.GetRequiredService<GatewayDbContext>();
        return await db.ShapeAsync() switch
        {
            DatabaseShape.Present => db,
            DatabaseShape.None => throw new StartupException(db is SqliteGatewayDbContext
                ? $"There is no database in '{services.GetRequiredService<DataDirectory>().Path}'. Name the gateway's directory in Gateway:DataDirectory."
                : "There is no database of a gateway under ConnectionStrings:MySql."),
            DatabaseShape.Older => throw new StartupException("The database has the shape of an older version. Start this version once, then try again."),
            _ => throw new StartupException("The database has the shape of a newer version. Use that version's program."),
        };
    }
}
