using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Persistence;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Scheduling.Sessions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Scheduling.ExplainChoice;

internal sealed class ExplainChoiceHandler(GatewayDbContext db, AccountDirectory accounts, ModelRouter router, Scheduler scheduler, SessionAffinity sessions, LoadSharing loads, TimeProvider clock)
    : IRequestHandler<ExplainChoiceRequest, Result<ExplainChoiceResponse>>
{
    private const int MostAccounts = 1000;

    public async Task<Result<ExplainChoiceResponse>> Handle(ExplainChoiceRequest request, CancellationToken cancellationToken)
    {
        var keyId = request.ApiKeyId ?? request.Key!.Value;
        var row = await db.ApiKeys.AsNoTracking().SingleOrDefaultAsync(key => key.Id == keyId && key.DeletedAtUtc == null, cancellationToken);
        if (row is null)
        {
            return GatewayError.NotFound($"There is no API key {keyId}.");
        }

        var key = new ApiKeyIdentity(row, userEnabled: true);
        var refusal = !row.Enabled || row.ExpiresAtUtc <= clock.GetUtcNow().UtcDateTime ? "The API key is switched off or has expired: every request with it is refused." : null;
        var operation = ExplainableOperations.Find(request.Operation)!.Value;
        var route = router.Find(key, request.Model, operation);
        var model = route?.Model ?? request.Model;
        var session = request.Session is { } named && sessions.IsOn ? await FindSessionAsync(key, model, named) : null;
        var names = await db.Accounts.AsNoTracking().Where(account => account.DeletedAtUtc == null)
            .ToDictionaryAsync(account => account.Id, account => account.Name, cancellationToken);
        if (route is null)
        {
            return new ExplainChoiceResponse(model, null, refusal ?? Failure.UnknownModel(request.Model).Message, session, Others(key, route, operation, names));
        }

        var scheduling = new SchedulingRequest(Guid.Empty, route, operation.IsBilled()) { BoundAccountId = session?.AccountId };
        var explained = scheduler.Explain(scheduling, out var failure);
        var chosen = refusal is null && explained is var (candidate, chosenBy)
            ? new ChosenAccount(candidate.Account.Id, NameOf(names, candidate.Account), candidate.UpstreamModel, chosenBy.Name())
            : null;
        var inFlight = await loads.ReadAsync();
        var candidates = route.Candidates.Select(candidate => Explain(scheduling, candidate, names) with { InFlight = inFlight.GetValueOrDefault(candidate.Account.Id) }).ToList();
        return new ExplainChoiceResponse(
            model, chosen, refusal ?? failure?.Message, session, [.. candidates.OrderByDescending(account => account.Eligible).Concat(Others(key, route, operation, names)).Take(MostAccounts)]);
    }

    /// <summary>Clients name sessions, and request logs show their ids: what is bound under either is meant.</summary>
    private async Task<ExplainedSession> FindSessionAsync(ApiKeyIdentity key, string model, string session)
    {
        var id = SessionKey.Named(key.Id, model, session).Id;
        var accountId = await sessions.PeekAsync(key.UserId, key.Id, id);
        if (accountId is null && SessionKey.IsId(session) && await sessions.PeekAsync(key.UserId, key.Id, session) is { } logged)
        {
            return new ExplainedSession(session, logged);
        }

        return new ExplainedSession(id, accountId);
    }

    private ExplainedAccount Explain(SchedulingRequest scheduling, Candidate candidate, Dictionary<long, string> names)
    {
        var state = scheduler.StateOf(scheduling, candidate, out var mark);
        var reason = mark is { IsPause: true } && state != CandidateState.Ready ? mark : null;
        return View(candidate.Account, names, state <= CandidateState.LastResort, state.Name()) with
        {
            Evidence = reason is null ? null : $"{reason.Kind.Name()}: {reason.Evidence}",
            Until = reason?.Until.UtcDateTime ?? (state == CandidateState.Limited ? scheduling.LimitedUntil(candidate.Account, clock.GetUtcNow())?.UtcDateTime : null),
            UpstreamModel = candidate.UpstreamModel,
            Order = candidate.Order,
        };
    }

    /// <summary>The accounts that do not serve the model, or not for this key.</summary>
    private List<ExplainedAccount> Others(ApiKeyIdentity key, ModelRoute? route, Operation operation, Dictionary<long, string> names)
    {
        var serving = route?.Candidates.Select(candidate => candidate.Account.Id).ToHashSet() ?? [];
        return [.. accounts.Snapshot.All.Where(account => !serving.Contains(account.Id)).Take(MostAccounts)
            .Select(account => View(account, names, false, account.Enabled ? router.WhyNot(account, key, operation) : CandidateState.Disabled.Name()))];
    }

    private static ExplainedAccount View(UpstreamAccount account, Dictionary<long, string> names, bool isEligible, string reason) => new(
        account.Id,
        NameOf(names, account),
        account.Platform.Name(),
        isEligible,
        reason,
        null,
        null,
        null,
        null,
        account.Priority,
        account.Weight,
        account.Load.InFlight,
        account.MaxConcurrency);

    // Deleted a moment ago, perhaps.
    private static string NameOf(Dictionary<long, string> names, UpstreamAccount account) => names.GetValueOrDefault(account.Id, "");
}
