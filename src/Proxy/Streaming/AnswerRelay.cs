using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Streaming;

/// <summary>Brings an upstream's answer to the client. Usage is read on the way.</summary>
internal sealed class AnswerRelay(StreamRelay streams, BodyRelay bodies, ClientWriter writer, TimeProvider clock)
{
    private const string Json = "application/json";
    private const string EventStream = "text/event-stream";
    private const int MostErrorBytes = 1024 * 1024;

    public Task<AttemptEnd> RelayAsync(ProxyCall call, HttpResponseMessage response, CallCancellation end) =>
        Is(response, EventStream) ? streams.RelayAsync(call, response, end)
        : Is(response, Json) ? bodies.RelayAsync(call, response, end)
        : Task.FromResult(AttemptEnd.Retry(
            (int)response.StatusCode, new Failure(FailureKind.Server, "The upstream answered with something other than JSON or an event stream.")));

    /// <summary>A reply that is no success: the client's own fault goes to the client as it is, the account's fault leads to another account.</summary>
    public async Task<AttemptEnd> RefuseAsync(ProxyCall call, IPlatformAdapter adapter, HttpResponseMessage response, CallCancellation end)
    {
        var status = (int)response.StatusCode;
        using var body = await BodyRelay.ReadAsync(response, MostErrorBytes, end);
        var failure = adapter.ReadFailure(new UpstreamRefusal(status, response.Headers, body?.Memory ?? default, clock.GetUtcNow())
        {
            Model = call.UpstreamModel!,
            Account = call.Account,
            Request = response.RequestMessage,
        }) with
        {
            ShouldRetry = UpstreamHeaders.ShouldRetry(response.Headers),
        };
        if (failure.IsSignatureRefused && !call.LeavesOutSigned && (call.Signed is not null || call.Converter is not null))
        {
            call.LeavesOutSigned = true;
            failure = failure with { IsRepairable = true };
        }

        if (failure.IsRepairable)
        {
            return AttemptEnd.Retry(status, Redaction.ForClient(failure, call.Account!.Credentials));
        }

        var attempt = Refused(call, status, failure);
        if (!attempt.IsOver)
        {
            return attempt;
        }

        if (body is not null && !call.Http.Response.HasStarted && call.Converter is null && call.Framing is null && adapter.SaysRefusalsIn(call.Format.Wire) && Is(response, Json) && !Redaction.IsNeeded(body.Span, call.Account!.Credentials))
        {
            call.Failure = attempt.Failure;
            UpstreamHeaders.CopyToClient(response, call.Http.Response);
            await ClientWriter.WriteWholeAsync(call, status, Json, body.Memory, end);
        }

        return attempt;
    }

    /// <summary>Ends an attempt that was cut off: inside a stream with an error event, before it with a failure that has still to be written.</summary>
    public async Task<AttemptEnd> EndStreamAsync(ProxyCall call, int status, Failure failure)
    {
        if (failure.Kind != FailureKind.ClientGone && call.Http.Response.HasStarted)
        {
            if (call.Http.Response.ContentLength is not null)
            {
                call.Http.Abort(); // A whole body that was cut: an error inside it would be read as a part of it.
            }
            else
            {
                await writer.WriteErrorAsync(call, failure);
            }
        }

        return AttemptEnd.Over(status, failure);
    }

    /// <summary>Whose fault it is decides whether another account is asked.</summary>
    public static AttemptEnd Refused(ProxyCall call, int status, Failure said)
    {
        var failure = Redaction.ForClient(said, call.Account!.Credentials);
        return failure.Kind.IsClientFault() ? AttemptEnd.Over(status, failure) : AttemptEnd.Retry(status, failure);
    }

    private static bool Is(HttpResponseMessage response, string mediaType) =>
        string.Equals(response.Content.Headers.ContentType?.MediaType, mediaType, StringComparison.OrdinalIgnoreCase);
}
