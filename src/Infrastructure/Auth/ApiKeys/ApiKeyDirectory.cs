using System.Buffers.Binary;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Auth.ApiKeys;

/// <summary>Every usable API key, in memory: a proxied request asks no database.</summary>
internal sealed partial class ApiKeyDirectory(SecretRing ring, TimeProvider clock, ILogger<ApiKeyDirectory> logger) : ICachedArea
{
    private Dictionary<SecretHash, Entry> _byHash = [];
    private Dictionary<long, ApiKeyIdentity> _byId = [];
    private HashSet<long> _unreadable = [];
    private long _hits;

    public string Area => CacheArea.ApiKeys;

    public int Entries => _byHash.Count;

    public long Hits => Interlocked.Read(ref _hits);

    /// <param name="presented">Any text; only one of our shape is looked up.</param>
    /// <returns>The key, enabled or not; null when there is none or it was rotated away.</returns>
    public ApiKeyIdentity? Find(ReadOnlySpan<char> presented)
    {
        if (!ApiKeySecret.HasOurShape(presented))
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[32];
        ApiKeySecret.Hash(presented, ring.Current(SecretPurpose.ApiKeyHash).Material, hash);
        if (!_byHash.TryGetValue(SecretHash.Of(hash), out var entry) || (entry.EndsAtUtc is { } end && clock.GetUtcNow().UtcDateTime >= end))
        {
            return null;
        }

        Interlocked.Increment(ref _hits);
        return entry.Key;
    }

    /// <returns>Null: it is deleted, or never was.</returns>
    public ApiKeyIdentity? Find(long id) => _byId.GetValueOrDefault(id);

    public async Task ReloadAsync(IServiceProvider scope, CancellationToken cancellationToken)
    {
        var db = scope.GetRequiredService<GatewayDbContext>();
        var enabledUsers = await db.Users.AsNoTracking()
            .Where(user => user.Enabled && user.DeletedAtUtc == null).Select(user => user.Id).ToHashSetAsync(cancellationToken);
        var unreadable = new HashSet<long>();
        var keys = await db.ApiKeys.AsNoTracking().Where(key => key.DeletedAtUtc == null).ToReadableListAsync(Refuse, cancellationToken);
        var byHash = new Dictionary<SecretHash, Entry>(keys.Count);
        foreach (var key in keys)
        {
            try
            {
                Add(byHash, key, enabledUsers.Contains(key.UserId));
            }
            catch (Exception exception) when (ReadableRows.IsAboutARow(exception))
            {
                Refuse(key.Id, exception);
            }
        }

        _unreadable = unreadable;
        _byHash = byHash;
        _byId = byHash.Values.Select(entry => entry.Key).DistinctBy(key => key.Id).ToDictionary(key => key.Id);

        void Refuse(long id, Exception exception)
        {
            unreadable.Add(id);
            if (!_unreadable.Contains(id))
            {
                Log.Unreadable(logger, id, exception.GetBaseException().Message);
            }
        }
    }

    private static void Add(Dictionary<SecretHash, Entry> byHash, ApiKey key, bool userEnabled)
    {
        var identity = new ApiKeyIdentity(key, userEnabled);
        byHash[SecretHash.Of(key.SecretHash)] = new Entry(identity, null);
        if (key.PreviousSecretHash is { } previous && key.PreviousSecretEndsAtUtc is { } end)
        {
            byHash[SecretHash.Of(previous)] = new Entry(identity, end);
        }
    }

    private readonly record struct Entry(ApiKeyIdentity Key, DateTime? EndsAtUtc);

    /// <summary>A hash as a dictionary key without an allocation. It is an HMAC: equal prefixes tell an attacker nothing, so comparing needs no fixed time.</summary>
    private readonly record struct SecretHash(ulong A, ulong B, ulong C, ulong D)
    {
        public static SecretHash Of(ReadOnlySpan<byte> hash) => new(
            BinaryPrimitives.ReadUInt64LittleEndian(hash),
            BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(hash[24..]));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "API key {ApiKeyId} is refused: its stored form cannot be read ({Reason}). Write its settings again.")]
        public static partial void Unreadable(ILogger logger, long apiKeyId, string reason);
    }
}
