using System.Globalization;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using StackExchange.Redis;

namespace Gateway.Proxy.Scheduling.Signatures;

/// <summary>
/// Which account signed the reasoning in a user's conversations, where a model's signatures are accepted by their own organization only: on a switch of accounts what the other one signed is left
/// out ahead, instead of after a refusal. In Redis, for a day; what is forgotten is sent as it is. Thread-safe.
/// </summary>
internal sealed partial class SignatureOwners(RedisConnection redis, ILogger<SignatureOwners> logger)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Remembers who signed what has passed of the call's answer. Waits for nothing.</summary>
    public void Keep(ProxyCall call)
    {
        if (call is not { KeepsSignatures: true, Converter: null, Reader: { } reader })
        {
            return;
        }

        for (; call.KeptSignatures < reader.Signatures.Count; call.KeptSignatures++)
        {
            _ = SetAsync(NameOf(call.Key.UserId, reader.Signatures[call.KeptSignatures]), call.Account!.Id);
        }
    }

    /// <summary>The accounts that signed what a request sends back.</summary>
    /// <param name="signatures">The last ones first.</param>
    public async Task<SignedReasoning> FindAsync(long userId, List<UInt128> signatures)
    {
        if (signatures.Count == 0 || !redis.IsConnected)
        {
            return SignedReasoning.Unknown;
        }

        try
        {
            var values = await redis.Database.StringGetAsync([.. signatures.Select(signature => NameOf(userId, signature))]);
            var found = new SignedReasoning();
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i].HasValue)
                {
                    found.Add(signatures[i], (long)values[i]);
                }
            }

            return found;
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.Failed(logger, exception.Message);
            return SignedReasoning.Unknown;
        }
    }

    /// <summary>What a request of this format may send back that is signed.</summary>
    /// <returns>Empty: nothing.</returns>
    public static List<UInt128> In(ReadOnlySpan<byte> body, WireFormat format) => format switch
    {
        WireFormat.Claude => SignatureHash.Collect(body, "\"signature\""u8),
        WireFormat.OpenAiResponses => SignatureHash.Collect(body, "\"encrypted_content\""u8),
        _ => [],
    };

    private async Task SetAsync(RedisKey name, long accountId)
    {
        try
        {
            if (redis.IsConnected)
            {
                await redis.Database.StringSetAsync(name, accountId, Lifetime);
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.Failed(logger, exception.Message);
        }
    }

    private static RedisKey NameOf(long userId, UInt128 signature) => RedisKeys.Signature(userId, signature.ToString("x32", CultureInfo.InvariantCulture));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Redis does not tell which account signed reasoning; it is sent as it is: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}

/// <summary>Who signed the reasoning that a request sends back, as far as it is known. Written once, then read.</summary>
internal sealed class SignedReasoning
{
    public static readonly SignedReasoning Unknown = new();

    private readonly List<(UInt128 Signature, long AccountId)> _known = [];

    /// <summary>The account that signed the last of it; null: nobody that is known.</summary>
    public long? LastAccountId => _known.Count > 0 ? _known[0].AccountId : null;

    public void Add(UInt128 signature, long accountId) => _known.Add((signature, accountId));

    /// <summary>What other accounts signed; null: nothing.</summary>
    public IReadOnlySet<UInt128>? ForeignTo(long accountId)
    {
        HashSet<UInt128>? foreign = null;
        foreach (var (signature, owner) in _known)
        {
            if (owner != accountId)
            {
                (foreign ??= []).Add(signature);
            }
        }

        return foreign;
    }
}
