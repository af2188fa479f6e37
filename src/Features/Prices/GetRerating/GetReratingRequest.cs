using Gateway.Infrastructure.Auth;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Prices.GetRerating;

/// <summary>How far a job is that prices past requests again. Known for 7 days.</summary>
/// <param name="Id">As <c>POST /api/admin/prices/rerate</c> gave it.</param>
public sealed record GetReratingRequest([FromRoute(Name = "job_id")] Guid Id) : IRequest<Result<ReratingView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}

/// <summary>How far a job is.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="Status"><c>waiting</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="Records">How many requests were looked at.</param>
/// <param name="Changed">How many cost something else by now.</param>
/// <param name="DeltaCostUsd">What they cost more at list price, in US dollars; below zero: less.</param>
/// <param name="DeltaBilledUsd">What is billed more for them.</param>
/// <param name="Error">Why it failed; null: it did not.</param>
public sealed record ReratingView(Guid JobId, string Status, long Records, long Changed, decimal DeltaCostUsd, decimal DeltaBilledUsd, string? Error);
