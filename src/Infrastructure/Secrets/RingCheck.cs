using System.Security.Cryptography;
using Gateway.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Secrets;

/// <summary>
/// Refuses to go on with a ring that lacks what the database was sealed with. A lost ring would otherwise be replaced by a new one in silence,
/// and every stored credential and every issued API key would be lost with it.
/// </summary>
internal sealed class RingCheck(ISecretStore store, IServiceScopeFactory scopes)
{
    /// <exception cref="StartupException">A key is missing, or it is not the one that was used.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var keys = (await store.ReadAsync(cancellationToken)).ToDictionary(key => key.Id);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        foreach (var sealedWith in (await SealedAsync(db, cancellationToken)).ToLookup(secret => SecretBox.KeyIdOf(secret.Envelope)))
        {
            if (sealedWith.Key is not { } id)
            {
                continue;
            }

            var key = keys.GetValueOrDefault(id) ?? throw Lost($"lacks the key '{id}'");

            // One damaged row is that account's trouble; a key that opens not a single one is another key of the same name.
            if (!sealedWith.Any(secret => Opens(secret, key)))
            {
                throw Lost($"has another key '{id}' than the one that was used");
            }
        }

        if (keys.Values.All(key => key.Purpose != SecretPurpose.ApiKeyHash) && await db.ApiKeys.AnyAsync(cancellationToken))
        {
            throw Lost("lacks the key that API keys are hashed with");
        }
    }

    private static async Task<List<(string Envelope, string Place)>> SealedAsync(GatewayDbContext db, CancellationToken cancellationToken)
    {
        var rows = await db.Accounts.AsNoTracking()
            .Where(account => account.DeletedAtUtc == null)
            .Select(account => new { account.Id, account.CredentialsEncrypted, account.ProxyUrlEncrypted })
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.Where(row => row.CredentialsEncrypted.Length > 0).Select(row => (row.CredentialsEncrypted, SecretPlace.Credentials(row.Id))),
            .. rows.Where(row => row.ProxyUrlEncrypted is not null).Select(row => (row.ProxyUrlEncrypted!, SecretPlace.ProxyUrl(row.Id))),
        ];
    }

    private static bool Opens((string Envelope, string Place) secret, RingKey key)
    {
        try
        {
            SecretBox.Open(secret.Envelope, secret.Place, key);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static StartupException Lost(string what) => new(
        $"The key ring {what}: restore secrets.json (or, on MySQL, the table secret_keys) from a backup. Nothing was changed.");
}
