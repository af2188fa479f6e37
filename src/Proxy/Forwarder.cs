using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Scheduling.Sessions;
using Gateway.Proxy.Streaming;

namespace Gateway.Proxy;

/// <summary>The way of a proxied request.</summary>
/// <remarks>
/// 1 read the body once and inspect it; 2 find the accounts that serve the model; 3 admit it, within the limits of its API key; 4 choose an account; 5 write down that it goes out, and send;
/// 6 relay the answer, or try another account while the client has seen nothing; 7 settle. No database, no reflection, one copy of the body, at most two awaited round trips to Redis.
/// </remarks>
internal sealed partial class Forwarder(
    ModelRouter router,
    Admission admission,
    Scheduler scheduler,
    AccountReservations accountLimits,
    AdapterRegistry adapters,
    RequestConverter converter,
    TokenCountFallback fallback,
    Meter meter,
    DynamicConfigs configs,
    ResponseBindings bindings,
    Cooldowns cooldowns,
    CallRunner runner,
    RedisClock redisClock,
    TimeProvider clock,
    ILogger<Forwarder> logger)
{
    /// <summary>Answers the request, whatever happens; only a client that left gets nothing.</summary>
    /// <param name="addressed">What the address says of the model; null: the body says it.</param>
    public async Task ForwardAsync(HttpContext http, ClientFormat format, Operation operation, string endpoint, AddressedModel? addressed = null)
    {
        var call = new ProxyCall(http, format, operation, endpoint, clock) { CreatedAtUtc = redisClock.UtcNow };
        await runner.RunAsync(call, async end =>
        {
            var (body, failure) = await BodyReader.ReadAsync(http.Request, http.RequestAborted);
            using (body)
            {
                try
                {
                    failure ??= await TryAsync(call, body!, addressed, end);
                }
                finally
                {
                    admission.Leave(call);
                }

                if (call is { Operation: Operation.CountTokens, Route: not null } && failure is not null && IsAccountFault(failure))
                {
                    await fallback.AnswerAsync(call, body!, end);
                    return null;
                }

                return failure;
            }
        });
    }

    private async Task<Failure?> TryAsync(ProxyCall call, PooledBody body, AddressedModel? addressed, CallCancellation end)
    {
        var failure = RequestInspector.Inspect(body.Span, call.Format.Shape(call.Operation), out var inspected, addressed);
        call.Request = inspected;
        failure ??= UpstreamHeaders.Check(call.Http.Request.Headers);
        if (failure is not null)
        {
            return failure;
        }

        call.Route = router.Find(call.Key, inspected.Model, call.Operation);
        if (call.Route is null)
        {
            return Failure.UnknownModel(inspected.Model);
        }

        var retryLimit = ClientTimeout.Least(TimeSpan.FromSeconds(configs.Get(ProxySettings.RetrySeconds)), call.Http.Request.Headers);
        var admitting = admission.EnterAsync(call, body.Span, TimeLeft(), end.Token);
        var binding = inspected.PreviousResponseId is not null || inspected.ItemReferences.Count > 0 ? BindAsync(call, end.Token) : null; // Both ask Redis at the same time.
        failure = await runner.WaitAsync(call, admitting, end);
        if (binding is not null)
        {
            failure = await binding ?? failure;
        }

        if (failure is not null)
        {
            return failure;
        }

        var scheduling = new SchedulingRequest(call.RequestId, call.Route, call.Operation.IsBilled())
        {
            BoundAccountId = call.BoundAccountId,
            IsGuess = call.Session is { Source: var source } && source.IsGuess(),
            Reserve = candidate => accountLimits.ReserveAsync(call, candidate, end.Token),
        };
        var tried = scheduling.Tried;
        Failure? last = null;
        TimeSpan? inPlace = null; // How long to wait before the last account is asked again, should there be no other.
        var hasWaited = false;
        while (true)
        {
            scheduling.Patience = TimeLeft();
            var selection = await runner.WaitAsync(call, scheduler.SelectAsync(scheduling, end.Token), end, static selection => selection.Lease?.Dispose());
            if (selection.Lease is not { } lease)
            {
                if (inPlace is { } wait && !hasWaited && wait < TimeLeft())
                {
                    hasWaited = true;
                    await Task.Delay(wait, clock, end.Token);
                    tried.AllowLast();
                    continue;
                }

                call.PassedOver = [.. scheduling.PassedOver];

                // What an account said is more use to the client than that there is no further account.
                return last ?? selection.Failure;
            }

            using (lease)
            {
                if (lease.Waited > TimeSpan.Zero && !router.IsCurrent(lease.Account))
                {
                    tried.Pass(lease); // While the request waited, an operator took the account away, or changed it.
                    continue;
                }

                call.BindsSession = lease.Binds && call.Operation.IsBilled() && call.Route.Candidates.Count > 1;
                call.AccountReservation = lease.TakeReservation();
                var attempt = await AttemptAsync(call, body, lease, [.. scheduling.PassedOver], end);
                end.EndAttempt(); // What limited this attempt must end neither a wait nor the next one.
                Report(call, lease, attempt);
                tried.Add(lease, attempt.Failure);
                if (attempt.IsOver)
                {
                    return attempt.Failure;
                }

                call.AccountReservation?.Settle(meter.ReportedUsage(call));
                call.AccountReservation = null;

                // That another account could not have taken the request is no answer where one could, and failed.
                last = last is not null && attempt.Failure!.Kind.IsClientFault() ? last : attempt.Failure;
                if (tried.Count >= configs.Get(ProxySettings.MostAttempts) || TimeLeft() < TimeSpan.Zero)
                {
                    return last;
                }

                inPlace = RetryPolicy.InPlace(attempt.Failure!, attempt.Status);
                Log.NextAccount(logger, call.RequestId, lease.Account.Id, attempt.Failure!.Kind.Name(), attempt.Failure.Evidence ?? attempt.Failure.Message);
            }
        }

        // For a wait, or one more attempt.
        TimeSpan TimeLeft() => retryLimit - clock.GetElapsedTime(call.StartedTimestamp);
    }

    /// <summary>Platforms count tokens under limits of their own: what comes of it says little of answers.</summary>
    private void Report(ProxyCall call, AccountLease lease, AttemptEnd attempt)
    {
        if (call.Operation != Operation.CountTokens || attempt.Failure is { Kind: FailureKind.AuthAccount or FailureKind.Unreachable })
        {
            cooldowns.Report(lease.Account.Id, lease.ModelFamily, attempt.Failure, attempt.Status, lease.TakenAt);
        }
        else
        {
            cooldowns.Release(lease.Account.Id, lease.ModelFamily);
        }
    }

    /// <summary>Leaves only the account that keeps what the request names: no other could go on from it.</summary>
    private async Task<Failure?> BindAsync(ProxyCall call, CancellationToken cancellationToken)
    {
        const string Input = "input";
        const string Previous = "previous_response_id";
        var previous = call.Request.PreviousResponseId;
        string[] ids = previous is null ? [.. call.Request.ItemReferences] : [previous, .. call.Request.ItemReferences];
        var accounts = await bindings.FindAsync(call.Key.UserId, ids, cancellationToken);
        var unknown = Array.FindIndex(accounts, account => account is null);
        if (unknown >= 0)
        {
            return unknown == 0 && previous is not null
                ? Failure.Invalid(Previous, $"Previous response with id '{previous}' not found.") with { Code = "previous_response_not_found" }
                : new Failure(FailureKind.NotFound, $"Item with id '{ids[unknown]}' not found: its platform did not keep it. Send the item itself, and 'store' as false.", Input);
        }

        var keeper = Array.TrueForAll(accounts, account => account == accounts[0]) ? call.Route!.Find(accounts[0]!.Value) : null;
        call.Route = new ModelRoute(call.Route!.Model, keeper is { } only ? [only] : []);
        return keeper is not null
            ? null
            : Failure.Invalid(
                previous is null ? Input : Previous,
                $"No account that serves '{call.Route.Model}' keeps what this request refers to: use the model that it was made with, or send the whole conversation as input.");
    }

    private async Task<AttemptEnd> AttemptAsync(ProxyCall call, PooledBody body, AccountLease lease, PassedOver[] passedOver, CallCancellation end)
    {
        var started = clock.GetTimestamp();
        var account = lease.Account;
        call.Account = account;
        call.UpstreamModel = lease.UpstreamModel;
        call.Reader = call.Operation == Operation.CountTokens ? null : call.Format.CreateReader(call.Request);
        call.Converter = null;
        call.Target = null;
        call.UpstreamRequestId = null;
        (call.KeepsSignatures, call.KeptSignatures) = (false, 0);
        call.Lease = lease;
        if (!meter.MayServe(call))
        {
            return AttemptEnd.Retry(0, new Failure(
                FailureKind.ModelNotFound, $"The model '{call.Route!.Model}' has no price here, and the operator does not serve models without one.", "model"));
        }

        try
        {
            meter.Open(call);
        }
        catch (IOException)
        {
            return AttemptEnd.Over(0, new Failure(FailureKind.Unavailable, "The gateway cannot write down usage at the moment.", RetryAfter: TimeSpan.FromSeconds(10)));
        }

        var attempt = AttemptEnd.Over(0, new Failure(FailureKind.Server, "Something went wrong inside the gateway."));
        try
        {
            return attempt = await SendAsync(call, body, lease, end);
        }
        catch (Exception exception) when (CallRunner.IsClientGone(call, exception))
        {
            return attempt = AttemptEnd.Over(0, CallRunner.Gone);
        }
        catch
        {
            cooldowns.Release(account.Id, lease.ModelFamily); // Nothing of the account's: another request may try what this one was to try.
            throw;
        }
        finally
        {
            call.Attempts.Add(new AttemptTrace(
                account.Id,
                lease.UpstreamModel,
                attempt.Status,
                attempt.Failure,
                (long)clock.GetElapsedTime(started).TotalMilliseconds,
                lease.ChosenBy,
                (long)lease.Waited.TotalMilliseconds,
                passedOver,
                attempt.IsOver || attempt.Failure is null ? 0 : meter.ReportedCost(call)));
        }
    }

    private static bool IsAccountFault(Failure failure) =>
        !failure.Kind.IsClientFault() && failure.Kind is not (FailureKind.ClientGone or FailureKind.ModelNotFound);

    private async Task<AttemptEnd> SendAsync(ProxyCall call, PooledBody body, AccountLease lease, CallCancellation end)
    {
        var adapter = adapters[lease.Account.Platform];
        if (converter.WireOf(call, adapter, lease) is not { } wire)
        {
            return AttemptEnd.Retry(0, call.Operation == Operation.Embed
                ? new Failure(FailureKind.ModelNotFound, $"The model '{call.Request.Model}' makes no embeddings.", "model")
                : new Failure(FailureKind.NoAccount, "No account that serves this model can do this."));
        }

        if (wire == call.Format.Wire && (adapter is not IBodyEditor editor || editor.CanPass(new UpstreamBody(wire, call.Operation, body.Memory, call.Http.Request.Headers))))
        {
            return await SendAsync(call, adapter, wire, body, lease, end);
        }

        AttemptEnd attempt;
        do
        {
            var (converted, failure) = await converter.ConvertAsync(call, body, lease, wire, end.Token);
            if (converted is null)
            {
                return AttemptEnd.Retry(0, failure!);
            }

            using (converted)
            {
                attempt = await SendAsync(call, adapter, wire, converted, lease, end);
            }
        }
        while (attempt.Failure is { IsSignatureRefused: true, IsRepairable: true });

        while (attempt.Failure is null && call.Converter is EmbeddingConverter { IsWhole: false } embedding)
        {
            using var next = RequestConverter.ConvertNext(embedding);
            attempt = await SendAsync(call, adapter, wire, next, lease, end);
        }

        return attempt;
    }

    /// <summary>Sends the body, and once more to the same account when a platform's refusal taught its adapter what to do otherwise.</summary>
    private async Task<AttemptEnd> SendAsync(
        ProxyCall call, IPlatformAdapter adapter, WireFormat wire, PooledBody body, AccountLease lease, CallCancellation end)
    {
        for (var isRepaired = false; ; isRepaired = true)
        {
            var edits = new List<BodyEdit>(2);
            if (adapter is IBodyEditor editor)
            {
                call.Target = call.Converter is null || call.Target is null ? converter.Target(call, lease) : call.Target;
                editor.CollectEdits(new UpstreamBody(wire, call.Operation, body.Memory, call.Http.Request.Headers), call.Target, edits);
                if (call.Target.Refusal is { } refusal)
                {
                    return AttemptEnd.Retry(0, refusal);
                }
            }
            else if (call.Converter is null)
            {
                var model = converter.CapabilitiesOf(call, lease);
                call.Format.CollectEdits(call.Request, lease.UpstreamModel, model, edits);
                call.Format.CollectForeignThinking(body.Span, model, RequestConverter.ForeignTo(call, lease, model), edits);
                call.KeepsSignatures = model.BoundSignatures;
            }

            edits.Sort(static (one, other) => one.Range.Start.CompareTo(other.Range.Start));
            var attempt = await SendAsync(call, adapter, wire, body, edits, lease, end);
            if (attempt.Failure is not { IsRepairable: true })
            {
                return attempt;
            }

            // What was converted has to be converted again without what was signed.
            if (isRepaired || (attempt.Failure.IsSignatureRefused && call.Converter is not null))
            {
                return attempt.Failure.Kind.IsClientFault() && isRepaired ? AttemptEnd.Over(attempt.Status, attempt.Failure) : attempt;
            }
        }
    }

    private async Task<AttemptEnd> SendAsync(
        ProxyCall call, IPlatformAdapter adapter, WireFormat wire, PooledBody body, List<BodyEdit> edits, AccountLease lease, CallCancellation end)
    {
        using var content = new EditedBodyContent(body, edits);
        var upstream = new UpstreamCall(
            lease.Account, wire, call.Operation, content, call.Http.Request.Headers, call.Converter is null ? CallRunner.QueryOf(call.Http.Request) : "")
        {
            Model = lease.UpstreamModel,
            Stream = call.Request.Stream,
        };
        using var request = adapter.CreateRequest(upstream);

        return await runner.ExchangeAsync(call, adapter, upstream, request, end);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Request {RequestId}: account {AccountId} failed ({Kind}), trying another: {Said}")]
        public static partial void NextAccount(ILogger logger, Guid requestId, long accountId, string kind, string said);
    }
}

/// <summary>How an attempt ended.</summary>
/// <param name="Status">The upstream's status; 0: there was no answer.</param>
/// <param name="Failure">Null: success.</param>
/// <param name="IsOver">Whether the request is decided: nothing more may be tried.</param>
internal readonly record struct AttemptEnd(int Status, Failure? Failure, bool IsOver)
{
    public static AttemptEnd Success(int status) => new(status, null, true);

    public static AttemptEnd Over(int status, Failure failure) => new(status, failure, true);

    public static AttemptEnd Retry(int status, Failure failure) => new(status, failure, false);
}
