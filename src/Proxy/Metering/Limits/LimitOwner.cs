using System.Globalization;
using System.Runtime.CompilerServices;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Queries;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>Where Redis counts for one key or one account: all in one slot of a cluster.</summary>
/// <param name="Counters">What was used by counter and window.</param>
/// <param name="Making">Held by whoever makes the counters from the database.</param>
/// <param name="Reserved">What requests under way may use.</param>
/// <param name="Leases">Until when that holds.</param>
internal readonly record struct LimitKeys(RedisKey Counters, RedisKey Making, RedisKey Reserved, RedisKey Leases)
{
    public static LimitKeys OfApiKey(long userId, long apiKeyId) => new(
        RedisKeys.Counters(userId, apiKeyId), RedisKeys.CountersMaking(userId, apiKeyId), RedisKeys.Reserved(userId, apiKeyId), RedisKeys.ReservedLeases(userId, apiKeyId));

    public static LimitKeys OfAccount(long accountId) => new(
        RedisKeys.AccountCounters(accountId), RedisKeys.AccountCountersMaking(accountId), RedisKeys.AccountReserved(accountId), RedisKeys.AccountReservedLeases(accountId));
}

/// <summary>A key or an account that has limits. Immutable.</summary>
internal sealed class LimitOwner
{
    private static readonly ConditionalWeakTable<ApiKeyIdentity, LimitOwner> OfApiKeys = [];

    private LimitOwner(string name, LimitSet limits, LimitKeys keys, UsageFilter usage, long? apiKeyId) =>
        (Name, Limits, Keys, Usage, ApiKeyId) = (name, limits, keys, usage, apiKeyId);

    /// <summary>What logs call it; no two are called alike.</summary>
    public string Name { get; }

    public LimitSet Limits { get; }

    public LimitKeys Keys { get; }

    /// <summary>The requests that count.</summary>
    public UsageFilter Usage { get; }

    /// <summary>Null: it is an account.</summary>
    public long? ApiKeyId { get; }

    /// <summary>Made once for a key as it is.</summary>
    public static LimitOwner Of(ApiKeyIdentity key) => OfApiKeys.GetValue(key, static key => new LimitOwner(
        Named("API key", key.Id), KeyLimits.Of(key.Terms), LimitKeys.OfApiKey(key.UserId, key.Id), UsageFilter.OfKey(key.Id, key.UserId), key.Id));

    public static LimitOwner OfAccount(long accountId, LimitSet limits) =>
        new(Named("account", accountId), limits, LimitKeys.OfAccount(accountId), UsageFilter.OfAccount(accountId), null);

    private static string Named(string kind, long id) => string.Create(CultureInfo.InvariantCulture, $"{kind} {id}");
}
