using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Hosting;
using Gateway.Proxy.Errors;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Streaming;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Proxy;

/// <summary>The way of a proxied request.</summary>
/// <remarks>
/// 1 read the body once and inspect it; 2 find the accounts that serve the model; 3 choose one; 4 write down that it goes out; 5 send; 6 relay the answer,
/// or try another account while the client has seen nothing; 7 settle. No database, no reflection, one copy of the body.
/// </remarks>
internal sealed partial class Forwarder(
    ModelRouter router,
    IScheduler scheduler,
    AdapterRegistry adapters,
    RequestConverter converter,
    AnswerRelay relay,
    Meter meter,
    DynamicConfigs configs,
    Shutdown shutdown,
    TimeProvider clock,
    ILogger<Forwarder> logger)
{
    /// <summary>Answers the request, whatever happens; only a client that left gets nothing.</summary>
    /// <param name="addressed">What the address says of the model; null: the body says it.</param>
    public async Task ForwardAsync(HttpContext http, ClientFormat format, Operation operation, string endpoint, AddressedModel? addressed = null)
    {
        var call = new ProxyCall(http, format, operation, endpoint, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, shutdown.StreamsMustEnd);
        PooledBody? body = null;
        try
        {
            (body, call.Failure) = await BodyReader.ReadAsync(http.Request, http.RequestAborted);
            call.Failure ??= await TryAsync(call, body!, addressed, end);
        }
        catch (BadHttpRequestException exception)
        {
            call.Failure = exception.StatusCode == StatusCodes.Status408RequestTimeout
                ? new Failure(FailureKind.ClientTimeout, "The request's body came too slowly.")
                : new Failure(FailureKind.InvalidRequest, "The request's body could not be read: it is malformed or incomplete.");
        }
        catch (Exception exception) when (IsClientGone(call, exception))
        {
            call.Failure = new Failure(FailureKind.ClientGone, "The client left.");
        }
        catch (Exception exception)
        {
            Log.Unexpected(logger, exception, call.RequestId);
            call.Failure = new Failure(FailureKind.Server, "Something went wrong inside the gateway. Its log has this x-request-id.");
        }
        finally
        {
            body?.Dispose();
        }

        try
        {
            if (call.Failure is { Kind: not FailureKind.ClientGone } failure && !http.Response.HasStarted)
            {
                await ErrorWriter.WriteAsync(http, format, failure);
            }
        }
        finally
        {
            await meter.SettleAsync(call);
        }
    }

    private async Task<Failure?> TryAsync(ProxyCall call, PooledBody body, AddressedModel? addressed, CancellationTokenSource end)
    {
        var failure = RequestInspector.Inspect(body.Span, call.Format.Shape(call.Operation), out var inspected, addressed);
        call.Request = inspected;
        failure ??= UpstreamHeaders.Check(call.Http.Request.Headers);
        if (failure is not null)
        {
            return failure;
        }

        call.Route = router.Find(call.Key, inspected.Model, call.Format.Wire, call.Operation);
        if (call.Route is null)
        {
            return Failure.UnknownModel(inspected.Model);
        }

        var tried = new TriedAccounts();
        Failure? last = null;
        while (true)
        {
            var selection = await scheduler.SelectAsync(new SchedulingRequest(call.Key, call.Route, tried), end.Token);
            if (selection.Lease is not { } lease)
            {
                // What an account said is more use to the client than that there is no further account.
                return last ?? selection.Failure;
            }

            using (lease)
            {
                var attempt = await AttemptAsync(call, body, lease, end);
                tried.Add(lease, attempt.Failure);
                if (attempt.IsOver || tried.Count >= configs.Get(ProxySettings.MostAttempts)
                    || clock.GetElapsedTime(call.StartedTimestamp).TotalSeconds > configs.Get(ProxySettings.RetrySeconds))
                {
                    return attempt.Failure;
                }

                last = attempt.Failure;
                Log.NextAccount(logger, call.RequestId, lease.Account.Id, last!.Kind.Name(), last.Evidence ?? last.Message);
            }
        }
    }

    private async Task<AttemptEnd> AttemptAsync(ProxyCall call, PooledBody body, AccountLease lease, CancellationTokenSource end)
    {
        var started = clock.GetTimestamp();
        var account = lease.Account;
        call.Account = account;
        call.UpstreamModel = lease.UpstreamModel;
        call.Reader = call.Operation == Operation.CountTokens ? null : call.Format.CreateReader(call.Request);
        call.Converter = null;
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
        catch (Exception exception) when (IsClientGone(call, exception))
        {
            return attempt = AttemptEnd.Over(0, new Failure(FailureKind.ClientGone, "The client left."));
        }
        finally
        {
            call.Attempts.Add(new AttemptTrace(
                account.Id, lease.UpstreamModel, attempt.Status, attempt.Failure, (long)clock.GetElapsedTime(started).TotalMilliseconds));
        }
    }

    private static bool IsClientGone(ProxyCall call, Exception exception) =>
        call.Http.RequestAborted.IsCancellationRequested || exception is ConnectionAbortedException;

    private async Task<AttemptEnd> SendAsync(ProxyCall call, PooledBody body, AccountLease lease, CancellationTokenSource end)
    {
        var adapter = adapters[lease.Account.Platform];
        var wire = converter.WireOf(call, adapter, lease);
        if (wire == call.Format.Wire)
        {
            var edits = new List<BodyEdit>(2);
            call.Format.CollectEdits(call.Request, lease.UpstreamModel, edits);
            edits.Sort(static (one, other) => one.Range.Start.CompareTo(other.Range.Start));
            return await SendAsync(call, adapter, wire, body, edits, lease, end);
        }

        using var converted = converter.Convert(call, body, lease, wire, out var failure);
        return converted is null
            ? AttemptEnd.Retry(0, failure!)
            : await SendAsync(call, adapter, wire, converted, [], lease, end);
    }

    private async Task<AttemptEnd> SendAsync(
        ProxyCall call, IPlatformAdapter adapter, WireFormat wire, PooledBody body, List<BodyEdit> edits, AccountLease lease, CancellationTokenSource end)
    {
        using var content = new EditedBodyContent(body, edits);
        using var request = adapter.CreateRequest(new UpstreamCall(
            lease.Account, wire, call.Operation, content, call.Http.Request.Headers, call.Converter is null ? QueryWithoutKey(call.Http.Request) : "")
        {
            Model = lease.UpstreamModel,
            Stream = call.Request.Stream,
        });

        HttpResponseMessage response;
        try
        {
            end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.HeadersSeconds)));
            if (adapter is ITokenAuthorization authorization && await authorization.AuthorizeAsync(request, lease.Account, end.Token) is { } refused)
            {
                return AttemptEnd.Retry(0, Redaction.ForClient(refused, lease.Account.Credentials));
            }

            response = await lease.Account.Invoker.SendAsync(request, end.Token);
        }
        catch (HttpRequestException exception)
        {
            Log.Unreachable(logger, call.RequestId, lease.Account.Id, exception.Message);
            return AttemptEnd.Retry(0, content.HasBegun
                ? new Failure(FailureKind.Truncated, "The upstream closed the connection before it answered.")
                : new Failure(FailureKind.Unreachable, "The upstream could not be reached."));
        }
        catch (OperationCanceledException)
        {
            return AttemptEnd.Over(0, CancelledBy(call));
        }
        finally
        {
            call.ReachedUpstream |= content.HasBegun;
        }

        using (response)
        {
            call.UpstreamRequestId = UpstreamRequestId(response);
            try
            {
                return response.IsSuccessStatusCode
                    ? await relay.RelayAsync(call, response, end)
                    : await relay.RefuseAsync(call, adapter, response, end);
            }
            catch (OperationCanceledException)
            {
                return await relay.EndStreamAsync(call, (int)response.StatusCode, CancelledBy(call));
            }
        }
    }

    private Failure CancelledBy(ProxyCall call) =>
        call.Http.RequestAborted.IsCancellationRequested ? new Failure(FailureKind.ClientGone, "The client left.")
        : shutdown.StreamsMustEnd.IsCancellationRequested ? new Failure(FailureKind.Unavailable, "The gateway is stopping. Try again.", RetryAfter: TimeSpan.FromSeconds(1))
        : new Failure(FailureKind.Timeout, "The upstream did not answer in time.");

    private static string QueryWithoutKey(HttpRequest request)
    {
        var query = request.QueryString.Value ?? "";
        return query.Length == 0 || !request.Query.ContainsKey("key")
            ? query
            : QueryString.Create(request.Query.Where(pair => !string.Equals(pair.Key, "key", StringComparison.OrdinalIgnoreCase))).Value ?? "";
    }

    private static string? UpstreamRequestId(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("request-id", out var id) || response.Headers.NonValidated.TryGetValues("x-request-id", out id)
            ? id.ToString() is { Length: <= 200 } text ? text : null
            : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Request {RequestId} failed inside the gateway")]
        public static partial void Unexpected(ILogger logger, Exception exception, Guid requestId);

        [LoggerMessage(LogLevel.Warning, "Request {RequestId}: account {AccountId} gave no answer: {Reason}")]
        public static partial void Unreachable(ILogger logger, Guid requestId, long accountId, string reason);

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
