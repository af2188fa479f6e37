using System.Collections.Concurrent;
using Gateway.Infrastructure.Configs;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>
/// What keys and accounts may still use while Redis is away: this instance's share of what was left when it was last heard of, for a limited time. What is taken from it is not given back, so that it is rather too little
/// than too much. Thread-safe.
/// </summary>
internal sealed class OfflineAllowance(DynamicConfigs configs, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>How many instances share what is left.</summary>
    public int Instances { get; set; } = 1;

    /// <summary>Notes what Redis says is left.</summary>
    public void Note(LimitOwner owner, IEnumerable<UsedOfLimit> limits)
    {
        var known = _known.GetOrAdd(owner.Name, static _ => new Known());
        lock (known)
        {
            known.HeardAt = clock.GetTimestamp();
            foreach (var limit in limits)
            {
                known.Left[limit.Rule.Counter] = (limit.Window, limit.Left);
            }
        }
    }

    /// <summary>Takes what a request needs, if this instance's share has it.</summary>
    public bool TryTake(Reservation reservation)
    {
        var known = _known.GetOrAdd(reservation.Owner.Name, static _ => new Known());
        lock (known)
        {
            var isFresh = known.HeardAt is { } heardAt && clock.GetElapsedTime(heardAt) <= TimeSpan.FromSeconds(configs.Get(MeteringSettings.OfflineSeconds));
            foreach (var amount in reservation.Amounts)
            {
                if ((!isFresh && !amount.Rule.IsFleeting) || LeftOf(known, amount) is not { } left || left / Instances < amount.Need)
                {
                    return false;
                }
            }

            foreach (var amount in reservation.Amounts)
            {
                // The share is a part of all that is left, so what one takes counts as if all did.
                known.Left[amount.Rule.Counter] = (amount.Window, LeftOf(known, amount)!.Value - (amount.Need * Instances));
            }

            return true;
        }
    }

    /// <summary>Null: it was never heard of, and is no limit of a minute, which soon begins anew.</summary>
    private static long? LeftOf(Known known, in ReservedAmount amount) =>
        known.Left.TryGetValue(amount.Rule.Counter, out var left) ? (left.Window == amount.Window ? left.Amount : amount.Rule.Limit)
        : amount.Rule.IsFleeting ? amount.Rule.Limit
        : null;

    private sealed class Known
    {
        /// <summary>Null: never.</summary>
        public long? HeardAt { get; set; }

        public Dictionary<string, (LimitWindow Window, long Amount)> Left { get; } = [];
    }
}
