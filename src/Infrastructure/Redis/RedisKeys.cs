using System.Globalization;
using StackExchange.Redis;

namespace Gateway.Infrastructure.Redis;

/// <summary>Names of Redis keys. What one script touches shares a hash tag, and so a Cluster slot: the shard of the key's user.</summary>
internal static class RedisKeys
{
    public const int Shards = 64;

    public static int ShardOf(long userId) => (int)(userId % Shards);

    /// <summary>Settled requests that the database does not have yet: a list, oldest first.</summary>
    public static RedisKey Queue(int shard) => $"gw:{{s{shard}}}:queue";

    /// <summary>Where the queue stands: <c>&lt;random epoch&gt;:&lt;sequence&gt;</c>, so that a wiped Redis is not taken for the old one.</summary>
    public static RedisKey QueueBase(int shard) => $"gw:{{s{shard}}}:queue:base";

    /// <summary>Marks a request as settled, so that a retry adds nothing.</summary>
    public static RedisKey Settled(int shard, Guid requestId) => $"gw:{{s{shard}}}:settled:{requestId:N}";

    /// <summary>Hash of what an API key has used in the windows of its limits.</summary>
    public static RedisKey Counters(long userId, long apiKeyId) => $"gw:{{s{ShardOf(userId)}}}:counters:{apiKeyId}";

    /// <summary>Held by whoever makes <see cref="Counters"/> from the database.</summary>
    public static RedisKey CountersMaking(long userId, long apiKeyId) => $"gw:{{s{ShardOf(userId)}}}:counters:{apiKeyId}:making";

    /// <summary>Hash of what requests of an API key may still use that are under way.</summary>
    public static RedisKey Reserved(long userId, long apiKeyId) => $"gw:{{s{ShardOf(userId)}}}:reserved:{apiKeyId}";

    /// <summary>Those requests, by the end of their leases.</summary>
    public static RedisKey ReservedLeases(long userId, long apiKeyId) => $"gw:{{s{ShardOf(userId)}}}:reserved:{apiKeyId}:leases";

    /// <summary>Hash of one key's usage on one UTC day.</summary>
    public static RedisKey DailyUsage(int shard, long apiKeyId, DateTime dayUtc) =>
        $"gw:{{s{shard}}}:usage:key:{apiKeyId}:{dayUtc.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";

    /// <summary>The account that keeps a user's response.</summary>
    public static RedisKey Response(long userId, string responseId) => $"gw:{{s{ShardOf(userId)}}}:response:{userId}:{responseId}";

    /// <summary>The account that a session of an API key sticks to.</summary>
    public static RedisKey Session(long userId, long apiKeyId, string sessionId) => $"gw:{{s{ShardOf(userId)}}}:session:{apiKeyId}:{sessionId}";

    /// <summary>The account that signed a piece of reasoning in a user's conversation.</summary>
    public static RedisKey Signature(long userId, string signatureHash) => $"gw:{{s{ShardOf(userId)}}}:signature:{userId}:{signatureHash}";

    /// <summary>Requests that an API key has under way, by the end of their leases. Behind it stand the names of its queue.</summary>
    public static string KeySlots(long userId, long apiKeyId) => $"gw:{{s{ShardOf(userId)}}}:slots:key:{apiKeyId}";

    /// <summary>Requests that an account serves, by the end of their leases. Behind it stand the names of its queue.</summary>
    public static string AccountSlots(long accountId) => $"gw:{{a{accountId}}}:slots";

    /// <summary>Hash of what keeps requests away from accounts: few, and read by every instance.</summary>
    public static RedisKey Cooldowns { get; } = "gw:{cooldowns}:marks";

    /// <summary>Hash of when operators recovered accounts.</summary>
    public static RedisKey Recoveries { get; } = "gw:{cooldowns}:recoveries";

    /// <summary>Changes with every change of <see cref="Cooldowns"/> and <see cref="Recoveries"/>.</summary>
    public static RedisKey CooldownVersion { get; } = "gw:{cooldowns}:version";

    /// <summary>How far a job is that prices past requests again.</summary>
    public static RedisKey RerateJob(Guid id) => $"gw:{{rerate}}:{id:N}";

    /// <summary>The same for the limits of an account as <see cref="Counters"/> for those of a key.</summary>
    public static RedisKey AccountCounters(long accountId) => $"gw:{{a{accountId}}}:counters";

    /// <summary>Held by whoever makes <see cref="AccountCounters"/> from the database.</summary>
    public static RedisKey AccountCountersMaking(long accountId) => $"gw:{{a{accountId}}}:counters:making";

    public static RedisKey AccountReserved(long accountId) => $"gw:{{a{accountId}}}:reserved";

    public static RedisKey AccountReservedLeases(long accountId) => $"gw:{{a{accountId}}}:reserved:leases";

    /// <summary>Instances that run, by when they last said so.</summary>
    public static RedisKey Instances { get; } = "gw:{instances}";

    /// <summary>How many requests an instance has at each account.</summary>
    public static RedisKey Load(string instance) => $"gw:{{load}}:{instance}";

    /// <summary>Instances that have said so lately, by when.</summary>
    public static RedisKey LoadInstances { get; } = "gw:{load}:instances";

    public static RedisKey Lock(string name) => $"gw:lock:{name}";

    /// <summary>Held by the instance that renews an account's tokens.</summary>
    public static RedisKey TokenLock(long accountId) => $"gw:{{a{accountId}}}:token:lock";

    /// <summary>A log-in at a provider that has begun, by the hash of its state.</summary>
    public static RedisKey OAuthLogin(string stateHash) => $"gw:{{oauth}}:{stateHash}";

    public static RedisKey LoginFailures(string scope) => $"gw:{{login}}:{scope}";
}
