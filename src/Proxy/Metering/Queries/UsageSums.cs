using System.Data.Common;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>What some requests used and cost, added up. Integers, so that any order of adding gives the same sum.</summary>
internal readonly record struct UsageSums(
    long Requests,
    long InputTokens,
    long OutputTokens,
    long CacheReadTokens,
    long CacheWriteTokens,
    long CostNanoUsd,
    long BilledNanoUsd)
{
    public static UsageSums Of(RequestUsage usage) => new(
        1, usage.InputTokens, usage.OutputTokens, usage.CacheReadTokens, usage.CacheWriteTokens, usage.CostNanoUsd, usage.BilledNanoUsd);

    /// <summary>Reads columns that stand in the order of <see cref="Store.UsageSql.SumColumns"/>, as the members do.</summary>
    public static UsageSums Read(DbDataReader reader, int first) => new(
        reader.GetInt64(first),
        reader.GetInt64(first + 1),
        reader.GetInt64(first + 2),
        reader.GetInt64(first + 3),
        reader.GetInt64(first + 4),
        reader.GetInt64(first + 5),
        reader.GetInt64(first + 6));

    public static UsageSums operator +(UsageSums left, UsageSums right) => new(
        left.Requests + right.Requests,
        left.InputTokens + right.InputTokens,
        left.OutputTokens + right.OutputTokens,
        left.CacheReadTokens + right.CacheReadTokens,
        left.CacheWriteTokens + right.CacheWriteTokens,
        left.CostNanoUsd + right.CostNanoUsd,
        left.BilledNanoUsd + right.BilledNanoUsd);
}
