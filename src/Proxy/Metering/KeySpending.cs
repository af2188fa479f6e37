using System.Globalization;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Metering.Queries;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Proxy.Metering;

/// <summary>What a key has spent by now, synced or not.</summary>
/// <param name="SpentNanoUsd">Since it was created.</param>
/// <param name="PeriodSpentNanoUsd">In the present window of its subscription; null without one.</param>
/// <param name="PeriodResetsAtUtc">When that window ends; null without a subscription.</param>
/// <param name="LastUsedAtUtc">Start of its latest request that reached an upstream; null: never used.</param>
internal sealed record KeySpend(long SpentNanoUsd, long? PeriodSpentNanoUsd, DateTime? PeriodResetsAtUtc, DateTime? LastUsedAtUtc);

/// <summary>Reads the spending of keys for display, on a connection of its own: a caller's open transaction is not seen.</summary>
internal sealed class KeySpending(UnsyncedUsage unsynced, TimeProvider clock)
{
    /// <summary>One entry for each of the keys.</summary>
    public async Task<IReadOnlyDictionary<long, KeySpend>> ReadAsync(IReadOnlyCollection<ApiKey> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
        {
            return new Dictionary<long, KeySpend>();
        }

        var ids = keys.Select(key => key.Id).ToList();
        await using var snapshot = await unsynced.OpenAsync(UsageFilter.OfKeys(keys), TimeRange.Always, cancellationToken);
        var stored = await snapshot.Db.ApiKeys.AsNoTracking().Where(key => ids.Contains(key.Id))
            .Select(key => new { key.Id, key.SpentNanoUsd, key.LastUsedAtUtc })
            .ToDictionaryAsync(key => key.Id, key => (key.SpentNanoUsd, key.LastUsedAtUtc), cancellationToken);
        var queued = snapshot.Unsynced.ToLookup(request => request.ApiKeyId);
        var now = clock.UtcNowMicroseconds();
        var periods = keys.Where(key => key.Subscription is not null).ToDictionary(key => key, key => KeyLimits.OfSubscription(key.Subscription)!.WindowAt(now));
        var spentInPeriod = await SpentInPeriodAsync(snapshot, periods, cancellationToken);

        return keys.ToDictionary(key => key.Id, key =>
        {
            // A key whose creation is not committed yet has no row here, and has spent nothing.
            var (spent, lastUsed) = stored.GetValueOrDefault(key.Id);
            foreach (var request in queued[key.Id])
            {
                spent += request.Usage!.BilledNanoUsd;
                lastUsed = lastUsed > request.CreatedAtUtc ? lastUsed : request.CreatedAtUtc;
            }

            return periods.TryGetValue(key, out var period)
                ? new KeySpend(spent, spentInPeriod.GetValueOrDefault(key.Id), period.EndUtc, lastUsed)
                : new KeySpend(spent, null, null, lastUsed);
        });
    }

    /// <summary>One statement for each window, of which many keys share a few.</summary>
    private static async Task<Dictionary<long, long>> SpentInPeriodAsync(
        UsageSnapshot snapshot, Dictionary<ApiKey, LimitWindow> periods, CancellationToken cancellationToken)
    {
        var spent = new Dictionary<long, long>();
        foreach (var keys in periods.GroupBy(period => period.Value, period => period.Key))
        {
            var range = new TimeRange(keys.Key.StartUtc, keys.Key.EndUtc);
            await foreach (var group in UsageSumsQuery.ByAsync(snapshot, UsageDimension.ApiKey, range, UsageFilter.OfKeys([.. keys]), cancellationToken))
            {
                spent[long.Parse(group.Key, CultureInfo.InvariantCulture)] = group.Sums.BilledNanoUsd;
            }
        }

        return spent;
    }
}
