using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Support;

/// <summary>What an embedded gateway has stored, read from its data directory while it runs.</summary>
internal static class EmbeddedStore
{
    /// <summary>Looks a secret up as the path of a proxied request does, in a directory that was loaded now.</summary>
    public static async Task<ApiKeyIdentity?> FindKeyAsync(this GatewayServer server, string secret, TimeProvider? clock = null)
    {
        using var data = new DataDirectory(server.DataDirectory);
        var ring = new SecretRing(new FileSecretStore(data, MasterKey.Read(null)), TimeProvider.System);
        await ring.LoadAsync(TestContext.Current.CancellationToken);
        await using var db = Open(data);
        await using var services = new ServiceCollection().AddSingleton<GatewayDbContext>(db).BuildServiceProvider();
        var directory = new ApiKeyDirectory(ring, clock ?? TimeProvider.System, NullLogger<ApiKeyDirectory>.Instance);
        await directory.ReloadAsync(services, TestContext.Current.CancellationToken);
        return directory.Find(secret);
    }

    /// <summary>Books spending on a key as the synchronization of usage does.</summary>
    public static async Task SpendAsync(this GatewayServer server, long apiKeyId, decimal usd)
    {
        using var data = new DataDirectory(server.DataDirectory);
        await using var db = Open(data);
        var nanoUsd = Money.ToNanoUsd(usd);
        await db.ApiKeys.Where(key => key.Id == apiKeyId).ExecuteUpdateAsync(
            set => set.SetProperty(key => key.SpentNanoUsd, key => key.SpentNanoUsd + nanoUsd), TestContext.Current.CancellationToken);
    }

    /// <summary>Moves the deletion of a key into the past.</summary>
    public static async Task BackdateDeletionAsync(this GatewayServer server, long apiKeyId, TimeSpan by)
    {
        using var data = new DataDirectory(server.DataDirectory);
        await using var db = Open(data);
        var deletedAtUtc = DateTime.UtcNow - by;
        await db.ApiKeys.Where(key => key.Id == apiKeyId).ExecuteUpdateAsync(
            set => set.SetProperty(key => key.DeletedAtUtc, deletedAtUtc), TestContext.Current.CancellationToken);
    }

    private static SqliteGatewayDbContext Open(DataDirectory data) => new(
        new DbContextOptionsBuilder<SqliteGatewayDbContext>().UseSqlite(PersistenceRegistration.SqliteConnectionString(data)).Options);
}
