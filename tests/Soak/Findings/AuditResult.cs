using Soak.Load;

namespace Soak.Findings;

/// <summary>A request that failed for its client.</summary>
/// <param name="Cause">Status and kind.</param>
/// <param name="IsExcused">No other account could have served it.</param>
/// <param name="Trace">The gateway's decisions; empty: the request has no log.</param>
internal sealed record FailedRequest(SentRequest Request, string Cause, bool IsExcused, string Trace);

/// <summary>What the gateways wrote down of what clients saw.</summary>
internal sealed record AuditResult
{
    public required IReadOnlyList<SentRequest> Sent { get; init; }

    public required IReadOnlyList<FailedRequest> Failed { get; init; }

    /// <summary>Requests that more than one account was tried for.</summary>
    public required int Failovers { get; init; }

    /// <summary>How long attempts waited for a slot of an account, in milliseconds, ascending; those that did not wait are left out.</summary>
    public required IReadOnlyList<long> WaitsMs { get; init; }

    public required int Records { get; init; }

    /// <summary>Each says which request has no usage record, though it was answered or its client saw the beginning of an answer.</summary>
    public required IReadOnlyList<string> Lost { get; init; }

    /// <summary>Each says what is charged, or was answered in full, more than once.</summary>
    public required IReadOnlyList<string> Duplicates { get; init; }

    /// <summary>Each says which sum differs from the records that it is of.</summary>
    public required IReadOnlyList<string> Differences { get; init; }

    public bool Holds => Lost.Count == 0 && Duplicates.Count == 0 && Differences.Count == 0 && Failed.All(failed => failed.IsExcused);
}
