using System.Security.Cryptography;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Secrets;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Hosting.Verbs;

/// <summary>New keys for log-in tokens and stored credentials, and every stored credential sealed with the new one.</summary>
/// <remarks>
/// Older keys stay in the ring: log-in tokens go on until they end by themselves, and a run that was cut short is finished by the next one.
/// The key of the API keys' hashes is not rotated, because nobody has the API keys to hash them again.
/// </remarks>
internal static class RotateKeys
{
    public static readonly Verb Verb = new("admin rotate-keys", "makes new keys for log-in tokens and credentials, and seals credentials anew", RunAsync);

    // Longer than every instance needs to see the new keys: none meets a credential before the key that opens it.
    private static readonly TimeSpan UntilSeen = 3 * CacheRefresher.Interval;

    private static async Task<int> RunAsync(IServiceProvider services, string[] values)
    {
        var db = await services.RequireDatabaseAsync();
        if (db is SqliteGatewayDbContext)
        {
            // A gateway that runs would not look at the ring's file again.
            services.GetRequiredService<DataDirectory>().Lock();
        }

        await services.GetRequiredService<RingCheck>().RunAsync(CancellationToken.None);
        var ring = services.GetRequiredService<SecretRing>();
        await ring.LoadAsync(CancellationToken.None);
        foreach (var purpose in (string[])[SecretPurpose.Credentials, SecretPurpose.Jwt])
        {
            await Console.Out.WriteLineAsync($"New key: {(await ring.RotateAsync(purpose, CancellationToken.None)).Id}");
        }

        if (db is MySqlGatewayDbContext)
        {
            await Task.Delay(UntilSeen, services.GetRequiredService<TimeProvider>());
        }

        var unreadable = await ResealAllAsync(db, services.GetRequiredService<SecretBox>());
        return unreadable.Count == 0
            ? 0
            : throw new StartupException(
                $"These accounts cannot be read and were left as they are: {string.Join(", ", unreadable)}. Enter their credentials again.");
    }

    private static async Task<IReadOnlyList<long>> ResealAllAsync(GatewayDbContext db, SecretBox box)
    {
        var unreadable = new List<long>();
        var ids = await db.Accounts.Where(account => account.DeletedAtUtc == null).OrderBy(account => account.Id).Select(account => account.Id).ToListAsync();
        foreach (var id in ids)
        {
            try
            {
                while (!await TryResealAsync(db, box, id))
                {
                }
            }
            catch (CryptographicException)
            {
                unreadable.Add(id);
            }
        }

        db.Touch(CacheArea.Accounts);
        await db.SaveChangesAsync();
        await Console.Out.WriteLineAsync($"Accounts sealed with it: {ids.Count - unreadable.Count}");
        return unreadable;
    }

    /// <summary>One account in one statement, and only while it still is what was read: a token that is refreshed meanwhile must not be undone.</summary>
    /// <returns>False: it was changed meanwhile.</returns>
    private static async Task<bool> TryResealAsync(GatewayDbContext db, SecretBox box, long id)
    {
        var account = await db.Accounts.AsNoTracking().Where(account => account.Id == id)
            .Select(account => new { account.CredentialsEncrypted, account.ProxyUrlEncrypted }).SingleAsync();
        var credentials = Reseal(box, account.CredentialsEncrypted, SecretPlace.Credentials(id));
        var proxyUrl = account.ProxyUrlEncrypted is { } sealedUrl ? Reseal(box, sealedUrl, SecretPlace.ProxyUrl(id)) : null;
        if (credentials == account.CredentialsEncrypted && proxyUrl == account.ProxyUrlEncrypted)
        {
            return true;
        }

        return await db.Accounts
            .Where(row => row.Id == id && row.CredentialsEncrypted == account.CredentialsEncrypted && row.ProxyUrlEncrypted == account.ProxyUrlEncrypted)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.CredentialsEncrypted, credentials).SetProperty(row => row.ProxyUrlEncrypted, proxyUrl)) == 1;
    }

    private static string Reseal(SecretBox box, string envelope, string place) =>
        envelope.Length == 0 || box.IsCurrent(envelope) ? envelope : box.Seal(box.Open(envelope, place), place);
}
