using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Usage.RebuildTotals;

/// <summary>Makes the hourly and daily sums of some UTC days anew from their usage records. Days whose records may have been deleted (<c>retention.usage_record_days</c>) are refused.</summary>
/// <param name="From">The first day, such as <c>2026-01-31</c>.</param>
/// <param name="To">The day after the last one; at most 31 days.</param>
public sealed record RebuildTotalsRequest(DateOnly? From = null, DateOnly? To = null) : IRequest<Result<RebuildTotalsResponse>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}

/// <summary>What was made anew.</summary>
/// <param name="Days">How many days.</param>
/// <param name="Corrected">How many hourly and daily sums were wrong before, up to 200 a day.</param>
public sealed record RebuildTotalsResponse(int Days, int Corrected);
