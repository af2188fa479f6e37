using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Scheduling.ExplainChoice;

/// <summary>Says which account a request would get at this moment, and why no other one. Nothing is sent and nothing changes.</summary>
/// <param name="Model">As a client asks for it: a name, an alias, or a name with a platform's prefix.</param>
/// <param name="ApiKeyId">Identifier of the API key that the request would come with.</param>
/// <param name="Key">The same as <c>api_key_id</c>; one of the two is required.</param>
/// <param name="Session">The session as the client names it (a header such as <c>x-session-id</c>, <c>prompt_cache_key</c>, Claude Code's <c>metadata.user_id</c>), or its <c>id</c> from a request log; omit for a request without one.</param>
/// <param name="Operation"><c>generate</c> (default), <c>count_tokens</c> or <c>embed</c>.</param>
public sealed record ExplainChoiceRequest(string Model, long? ApiKeyId = null, long? Key = null, string? Session = null, string? Operation = null)
    : IRequest<Result<ExplainChoiceResponse>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}

/// <summary>What would become of the request.</summary>
/// <param name="Model">As the accounts know it: without a platform's prefix.</param>
/// <param name="Chosen">The account that it would get; null: none could be had at once.</param>
/// <param name="Error">Why there is none; null when there is one.</param>
/// <param name="Session">The session; null: none was given.</param>
/// <param name="Candidates">Every account, those that could be had and the preferred first; at most 1000.</param>
public sealed record ExplainChoiceResponse(
    string Model, ChosenAccount? Chosen, string? Error, ExplainedSession? Session, IReadOnlyList<ExplainedAccount> Candidates);

/// <summary>The account that a request would get.</summary>
/// <param name="AccountId">Identifier.</param>
/// <param name="AccountName">Its name.</param>
/// <param name="UpstreamModel">The model's name there.</param>
/// <param name="ChosenBy"><c>session</c>: the session is bound to it; <c>load</c>: by priority, load and weight; <c>last_resort</c>: it is in trouble, and so are all others.</param>
public sealed record ChosenAccount(long AccountId, string AccountName, string UpstreamModel, string ChosenBy);

/// <summary>A session, as the gateway knows it.</summary>
/// <param name="Id">As in request logs.</param>
/// <param name="AccountId">The account that it is bound to; null: none.</param>
public sealed record ExplainedSession(string Id, long? AccountId);

/// <summary>One account, seen by the request.</summary>
/// <param name="AccountId">Identifier.</param>
/// <param name="AccountName">Its name.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="Eligible">Whether the request could go there now.</param>
/// <param name="Reason">
/// <c>ready</c>, <c>probe</c> (its pause is over, and one request tries), <c>last_resort</c> (in trouble: only if there is no other), <c>busy</c>, <c>cooling_down</c>, <c>disabled</c>,
/// <c>other_group</c>, <c>platform_not_allowed</c>, <c>operation_not_supported</c> or <c>model_not_served</c>.
/// </param>
/// <param name="Evidence">What keeps requests away, by its kind, and what the platform said; null: nothing does.</param>
/// <param name="Until">When it is tried again; null: no such time is known.</param>
/// <param name="UpstreamModel">The model's name there; null: it does not serve it.</param>
/// <param name="Order">Place of its model in the alias' list, from 0; null: it does not serve it.</param>
/// <param name="Priority">Lower first.</param>
/// <param name="Weight">Its share among equals.</param>
/// <param name="InFlight">Requests that all instances have there.</param>
/// <param name="MaxConcurrency">Most requests at a time; null: no limit.</param>
public sealed record ExplainedAccount(
    long AccountId,
    string AccountName,
    string Platform,
    bool Eligible,
    string Reason,
    string? Evidence,
    DateTime? Until,
    string? UpstreamModel,
    int? Order,
    int Priority,
    int Weight,
    int InFlight,
    int? MaxConcurrency);
