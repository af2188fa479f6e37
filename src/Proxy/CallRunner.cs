using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Persistence;
using Gateway.Proxy.Errors;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Streaming;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Proxy;

/// <summary>What all calls of clients have in common, whatever is done for them: they are answered and written down, and what they send goes out in one way.</summary>
internal sealed partial class CallRunner(AnswerRelay relay, ClientWriter writer, Meter meter, DynamicConfigs configs, Shutdown shutdown, TimeProvider clock, ILogger<CallRunner> logger)
{
    public static readonly Failure Gone = new(FailureKind.ClientGone, "The client left.");

    /// <summary>Does the work of a call, answers whatever happens to it (only a client that left gets nothing) and writes the call down.</summary>
    /// <param name="work">Answers the client, or says why it could not. It gets what ends the call: the client that leaves, the process, its own time limits.</param>
    public async Task RunAsync(ProxyCall call, Func<CallCancellation, Task<Failure?>> work)
    {
        var http = call.Http;
        using var end = new CallCancellation(TimeLimits.Read(configs), call.StartedTimestamp, clock, http.RequestAborted, shutdown.StreamsMustEnd);
        try
        {
            call.Failure = await work(end);
        }
        catch (BadHttpRequestException exception)
        {
            call.Failure = exception.StatusCode == StatusCodes.Status408RequestTimeout
                ? new Failure(FailureKind.ClientTimeout, "The request's body came too slowly.")
                : new Failure(FailureKind.InvalidRequest, "The request's body could not be read: it is malformed or incomplete.");
        }
        catch (Exception exception) when (IsClientGone(call, exception))
        {
            call.Failure = Gone;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            call.Failure = CancelledBy(call, end);
        }
        catch (Exception exception) when (DatabaseFailure.Of(exception) is not null)
        {
            Log.Unexpected(logger, exception, call.RequestId);
            call.Failure = new Failure(FailureKind.Unavailable, "The gateway's database does not answer at the moment.", RetryAfter: TimeSpan.FromSeconds(10));
        }
        catch (Exception exception)
        {
            Log.Unexpected(logger, exception, call.RequestId);
            call.Failure = new Failure(FailureKind.Server, "Something went wrong inside the gateway. Its log has this x-request-id.");
        }

        try
        {
            if (call.Failure is { Kind: not FailureKind.ClientGone } failure)
            {
                await TellAsync(call, failure);
            }
            else if (call.Failure is not null)
            {
                http.Abort(); // One that only does not read would have to be waited for.
            }
        }
        finally
        {
            await meter.SettleAsync(call);
        }
    }

    /// <summary>Sends a request with the credentials of the call's account and brings the answer to the client.</summary>
    public async Task<AttemptEnd> ExchangeAsync(ProxyCall call, IPlatformAdapter adapter, UpstreamCall upstream, HttpRequestMessage request, CallCancellation end)
    {
        var account = upstream.Account;
        var content = upstream.Content as EditedBodyContent;
        HttpResponseMessage response;
        try
        {
            end.AwaitHeaders();
            if (await adapter.AuthenticateAsync(request, upstream, end.Token) is { } refusal)
            {
                return AttemptEnd.Retry(0, Redaction.ForClient(refusal, account.Credentials));
            }

            response = await SendAsync(call, account.Invoker, request, end);
        }
        catch (Exception exception) when (IsClientGone(call, exception))
        {
            return AttemptEnd.Over(0, Gone); // Before the next ones: Kestrel's exception for it is a cancellation, and comes before the request says that it is aborted.
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !end.IsCancellationRequested))
        {
            // A connection that does not come about in time is a cancellation, too, but none of ours.
            Log.Unreachable(logger, call.RequestId, account.Id, exception.Message);
            return AttemptEnd.Retry(0, content is { HasBegun: true }
                ? new Failure(FailureKind.Truncated, "The upstream closed the connection before it answered.")
                : new Failure(FailureKind.Unreachable, "The upstream could not be reached."));
        }
        catch (OperationCanceledException)
        {
            return await EndAsync(call, 0, end);
        }
        finally
        {
            call.ReachedUpstream |= content is { HasBegun: true };
        }

        using (response)
        {
            adapter.Unwrap(response, upstream);
            call.UpstreamRequestId = UpstreamRequestId(response);
            try
            {
                return response.IsSuccessStatusCode
                    ? await relay.RelayAsync(call, response, end)
                    : await relay.RefuseAsync(call, adapter, response, end);
            }
            catch (Exception exception) when (IsClientGone(call, exception))
            {
                return AttemptEnd.Over((int)response.StatusCode, Gone);
            }
            catch (OperationCanceledException)
            {
                return await EndAsync(call, (int)response.StatusCode, end);
            }
        }
    }

    /// <summary>Ends an attempt that was cut off. As long as the client has got nothing of it, what a platform did not do in time another may.</summary>
    /// <param name="status">The platform's status; 0: it sent none.</param>
    private async Task<AttemptEnd> EndAsync(ProxyCall call, int status, CallCancellation end)
    {
        var failure = CancelledBy(call, end);
        return call.FirstToken is null && end.Reached is TimeLimit.Headers or TimeLimit.FirstEvent or TimeLimit.Idle
            ? AttemptEnd.Retry(status, failure)
            : await relay.EndStreamAsync(call, status, failure);
    }

    /// <summary>Waits for a turn, and gives the client of a stream signs of life meanwhile.</summary>
    /// <param name="undo">Gives back what was got when nobody wants it any more.</param>
    public async ValueTask<T> WaitAsync<T>(ProxyCall call, ValueTask<T> turn, CallCancellation end, Action<T>? undo = null)
    {
        if (turn.IsCompleted || !call.Request.Stream)
        {
            return await turn;
        }

        var waiting = turn.AsTask();
        try
        {
            await writer.WaitAsync(call, waiting, null, end);
        }
        catch
        {
            await end.CancelAsync();
            await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (waiting.IsCompletedSuccessfully)
            {
                undo?.Invoke(waiting.Result);
            }

            throw;
        }

        return await waiting;
    }

    /// <summary>Inside a stream that has signs of life only, the failure of the last account has still to be told.</summary>
    private async Task TellAsync(ProxyCall call, Failure failure)
    {
        if (!call.Http.Response.HasStarted)
        {
            await ErrorWriter.WriteAsync(call.Http, call.Format, failure);
        }
        else if (call is { HasStreamError: false, FirstToken: null } && call.Http.Response.ContentLength is null)
        {
            await writer.WriteErrorAsync(call, failure);
        }
    }

    /// <summary>Models may think for minutes before a platform sends its first line.</summary>
    private async Task<HttpResponseMessage> SendAsync(ProxyCall call, HttpMessageInvoker invoker, HttpRequestMessage request, CallCancellation end)
    {
        var sending = invoker.SendAsync(request, end.Token);
        if (call.Request.Stream && !sending.IsCompleted)
        {
            try
            {
                await writer.WaitAsync(call, sending, null, end);
            }
            catch
            {
                await end.CancelAsync();
                await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (sending.IsCompletedSuccessfully)
                {
                    sending.Result.Dispose();
                }

                throw;
            }
        }

        return await sending;
    }

    public static bool IsClientGone(ProxyCall call, Exception exception) =>
        call.Http.RequestAborted.IsCancellationRequested || exception is ConnectionAbortedException;

    /// <summary>Neither the gateway's key nor the version that an Azure client asks for is any platform's business.</summary>
    public static string QueryOf(HttpRequest request)
    {
        var query = request.QueryString.Value ?? "";
        return query.Length == 0 || !request.Query.Keys.Any(IsOurs) ? query : QueryString.Create(request.Query.Where(pair => !IsOurs(pair.Key))).Value ?? "";

        static bool IsOurs(string name) => name.Equals("key", StringComparison.OrdinalIgnoreCase) || name.Equals("api-version", StringComparison.OrdinalIgnoreCase);
    }

    private Failure CancelledBy(ProxyCall call, CallCancellation end) =>
        call.Http.RequestAborted.IsCancellationRequested ? Gone
        : shutdown.StreamsMustEnd.IsCancellationRequested ? new Failure(FailureKind.Unavailable, "The gateway is stopping. Try again.", RetryAfter: TimeSpan.FromSeconds(1))
        : end.Reached switch
        {
            TimeLimit.Client => new Failure(FailureKind.ClientGone, "The client did not read its answer in time."),
            TimeLimit.Total => new Failure(FailureKind.Timeout, "The answer took longer than the gateway allows.")
            {
                // An account that was still answering is not to blame, and what it answered has been read.
                IsCutByGateway = call.FirstToken is not null,
                LeavesNoPause = call.FirstToken is not null,
            },
            _ => new Failure(FailureKind.Timeout, "The upstream did not answer in time."),
        };

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
    }
}
