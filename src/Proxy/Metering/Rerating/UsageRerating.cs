using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Metering.Queries;
using Gateway.Proxy.Metering.Store;
using Gateway.Proxy.Neutral;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Proxy.Metering.Rerating;

/// <summary>What came of pricing past requests again.</summary>
/// <param name="Records">How many were looked at.</param>
/// <param name="Changed">How many cost something else by now.</param>
internal readonly record struct ReratingResult(long Records, long Changed, long DeltaCostNanoUsd, long DeltaBilledNanoUsd);

/// <summary>
/// Prices past requests by the prices that hold now for their time. Records are never changed: what differs from them, and from earlier corrections, becomes a row of <c>usage_adjustments</c>, so a second
/// run changes nothing.
/// </summary>
internal sealed class UsageRerating(IServiceScopeFactory scopes, PriceDirectory prices, LimitCounters counters, TimeProvider clock)
{
    private const int MostInBatch = 500;
    private const string Reason = "rerate";

    /// <param name="model">The name that is priced: as it was asked for, or as its platform names it. Case does not matter.</param>
    /// <param name="report">Called after each batch with what came of it so far.</param>
    public async Task<ReratingResult> RunAsync(Platform platform, string model, TimeRange range, Func<ReratingResult, Task> report, CancellationToken cancellationToken)
    {
        var result = default(ReratingResult);
        var after = RequestKey.From(range.FromUtc.AddMinutes(-1));
        while (true)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
            var ids = await PageAsync(db, platform, model, range, after, cancellationToken);
            if (ids.Count == 0)
            {
                return result;
            }

            after = ids[^1];
            var outcome = await db.InTransactionAsync<BatchResult>(async () => await RerateAsync(db, ids, cancellationToken), cancellationToken);
            if (outcome.Error is { } error)
            {
                throw new InvalidOperationException(error.Message);
            }

            foreach (var keys in outcome.Value!.Changed)
            {
                counters.Forget(keys);
            }

            var batch = outcome.Value.Sums;
            result = new ReratingResult(
                result.Records + batch.Records, result.Changed + batch.Changed, result.DeltaCostNanoUsd + batch.DeltaCostNanoUsd, result.DeltaBilledNanoUsd + batch.DeltaBilledNanoUsd);
            await report(result);
        }
    }

    private static async Task<List<byte[]>> PageAsync(GatewayDbContext db, Platform platform, string model, TimeRange range, byte[] after, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Text =
            $"SELECT s.request_id FROM usage_records AS s WHERE s.request_id > {sql.Value(after)} AND {RequestTimes.During(sql, range)} AND s.platform = {sql.Value(platform.Name())} "
            + $"AND (LOWER(s.upstream_model) = {sql.Value(model.ToLowerInvariant())} OR LOWER(s.model) = {sql.Value(model.ToLowerInvariant())}) ORDER BY s.request_id LIMIT {MostInBatch}";
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql.Text;
        command.Parameters.AddRange(sql.ParametersFor(command.Connection!));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<byte[]>(MostInBatch);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add((byte[])reader.GetValue(0));
        }

        return ids;
    }

    private async Task<BatchResult> RerateAsync(GatewayDbContext db, List<byte[]> ids, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        var records = await db.UsageRecords.AsNoTracking().Where(record => ids.Contains(record.RequestId)).ToListAsync(cancellationToken);
        var keyIds = records.Select(record => record.ApiKeyId).Distinct().Order().ToList();
        foreach (var keyId in keyIds)
        {
            await db.ApiKeys.Where(key => key.Id == keyId).LockAsync(cancellationToken); // Whoever else corrects the same records waits here.
        }

        var earlier = (await db.UsageAdjustments.AsNoTracking().Where(adjustment => ids.Contains(adjustment.RequestId)).ToListAsync(cancellationToken))
            .ToLookup(adjustment => RequestKey.ToGuid(adjustment.RequestId));
        var billedByKey = new Dictionary<long, long>();
        var sums = default(ReratingResult) with { Records = records.Count };
        foreach (var record in records)
        {
            var before = earlier[RequestKey.ToGuid(record.RequestId)].ToList();
            var (cost, billed, version) = PriceOf(record);
            var deltaCost = cost - record.CostNanoUsd - before.Sum(adjustment => adjustment.DeltaCostNanoUsd);
            var deltaBilled = billed - record.BilledNanoUsd - before.Sum(adjustment => adjustment.DeltaBilledNanoUsd);
            if (deltaCost == 0 && deltaBilled == 0)
            {
                continue;
            }

            db.UsageAdjustments.Add(new UsageAdjustment
            {
                RequestId = record.RequestId,
                PriceVersion = version,
                DeltaCostNanoUsd = deltaCost,
                DeltaBilledNanoUsd = deltaBilled,
                Reason = Reason,
                CreatedAtUtc = clock.UtcNowMicroseconds(),
            });
            billedByKey[record.ApiKeyId] = billedByKey.GetValueOrDefault(record.ApiKeyId) + deltaBilled;
            sums = sums with { Changed = sums.Changed + 1, DeltaCostNanoUsd = sums.DeltaCostNanoUsd + deltaCost, DeltaBilledNanoUsd = sums.DeltaBilledNanoUsd + deltaBilled };
        }

        await db.SaveChangesAsync(cancellationToken);
        foreach (var (keyId, delta) in billedByKey.OrderBy(pair => pair.Key))
        {
            await db.ApiKeys.Where(key => key.Id == keyId).ExecuteUpdateAsync(set => set.SetProperty(key => key.SpentNanoUsd, key => key.SpentNanoUsd + delta), cancellationToken);
        }

        var changed = records.Where(record => billedByKey.ContainsKey(record.ApiKeyId)).ToList();
        return new BatchResult(
            sums,
            [
                .. changed.Select(record => LimitKeys.OfApiKey(record.UserId, record.ApiKeyId)).Distinct(),
                .. changed.Select(record => LimitKeys.OfAccount(record.AccountId)).Distinct(),
            ]);
    }

    private (long Cost, long Billed, string Version) PriceOf(UsageRecord record)
    {
        var details = UsageDetails.Read(record.Details);
        var quote = prices.Quote(new PricedModel(record.Platform, record.UpstreamModel, record.Model, details?.Region), record.CreatedAtUtc);
        var usage = new TokenUsage
        {
            InputTokens = record.InputTokens,
            CacheReadTokens = record.CacheReadTokens,
            CacheWrite5mTokens = record.CacheWriteTokens - record.CacheWrite1hTokens,
            CacheWrite1hTokens = record.CacheWrite1hTokens,
            OutputTokens = record.OutputTokens,
            ReasoningTokens = record.ReasoningTokens,
            ServiceTier = record.ServiceTier,
            InputAudioTokens = details?.InputAudioTokens,
            InputImageTokens = details?.InputImageTokens,
            CacheReadAudioTokens = details?.CacheReadAudioTokens,
            OutputAudioTokens = details?.OutputAudioTokens,
            OutputImageTokens = details?.OutputImageTokens,
            WebSearchCalls = details?.WebSearchCalls,
            Speed = details?.Speed,
            Geo = details?.Geo,
        };
        var cost = CostCalculator.CostNanoUsd(quote, usage);

        // Whom an upstream failed was not billed, and is not now.
        var isCharged = record.Status != UsageStatus.UpstreamFailed || record.BilledNanoUsd > 0;
        return (cost, isCharged ? CostCalculator.Billed(cost, record.RateMultiplier) : 0, quote.Version);
    }

    private sealed record BatchResult(ReratingResult Sums, IReadOnlyList<LimitKeys> Changed);
}
