using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Proxy.Metering;

/// <summary>What a key has spent by now, synced or not.</summary>
/// <param name="SpentNanoUsd">Since it was created.</param>
/// <param name="PeriodSpentNanoUsd">In the present window of its subscription; null without one.</param>
/// <param name="PeriodResetsAtUtc">When that window ends; null without a subscription.</param>
/// <param name="LastUsedAtUtc">Start of its latest request; null: never used.</param>
internal sealed record KeySpend(long SpentNanoUsd, long? PeriodSpentNanoUsd, DateTime? PeriodResetsAtUtc, DateTime? LastUsedAtUtc);

/// <summary>Reads the spending of keys for display.</summary>
internal sealed class KeySpending(GatewayDbContext db)
{
    public async Task<IReadOnlyDictionary<long, KeySpend>> ReadAsync(IReadOnlyCollection<ApiKey> keys, CancellationToken cancellationToken)
    {
        var ids = keys.Select(key => key.Id).ToList();
        return await db.ApiKeys.AsNoTracking().Where(key => ids.Contains(key.Id))
            .ToDictionaryAsync(key => key.Id, key => new KeySpend(key.SpentNanoUsd, null, null, key.LastUsedAtUtc), cancellationToken);
    }
}
