using System.Buffers;
using System.Net.Http.Headers;
using Gateway.Infrastructure.Configs;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Proxy.Streaming;

/// <summary>Brings an upstream's answer to the client in the same format: events as they arrive, other bodies whole. Usage is read on the way.</summary>
internal sealed class AnswerRelay(DynamicConfigs configs, TimeProvider clock)
{
    private const int ReadBytes = 16 * 1024;
    private const int MostEventBytes = 16 * 1024 * 1024;
    private const int MostBodyBytes = 64 * 1024 * 1024;
    private const int MostErrorBytes = 1024 * 1024;

    public async Task<AttemptEnd> RelayAsync(ProxyCall call, HttpResponseMessage response, CancellationTokenSource end)
    {
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        if (string.Equals(mediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            return await RelayStreamAsync(call, response, end);
        }

        return string.Equals(mediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            ? await RelayBodyAsync(call, response, end)
            : AttemptEnd.Retry((int)response.StatusCode, new Failure(FailureKind.Server, "The upstream answered with something other than JSON or an event stream."));
    }

    /// <summary>A reply that is no success: the client's own fault goes to the client as it is, the account's fault leads to another account.</summary>
    public async Task<AttemptEnd> RefuseAsync(ProxyCall call, IPlatformAdapter adapter, HttpResponseMessage response, CancellationTokenSource end)
    {
        var status = (int)response.StatusCode;
        using var body = await ReadAllAsync(response, MostErrorBytes, end);
        var failure = adapter.ReadFailure(new UpstreamRefusal(status, response.Headers, body?.Memory ?? default, clock.GetUtcNow()));
        failure = failure with { Message = Redaction.Apply(failure.Message, call.Account!.Credentials) };
        if (!failure.Kind.IsClientFault())
        {
            return AttemptEnd.Retry(status, failure.Kind is FailureKind.AuthAccount or FailureKind.QuotaAccount ? AboutTheAccount(failure) : failure);
        }

        if (body is not null && IsJson(response.Content.Headers.ContentType) && !Redaction.IsNeeded(body.Span, call.Account.Credentials))
        {
            call.Failure = failure;
            UpstreamHeaders.CopyToClient(response, call.Http.Response);
            call.Http.Response.StatusCode = status;
            call.Http.Response.ContentType = "application/json";
            call.Http.Response.ContentLength = body.Length;
            await call.Http.Response.Body.WriteAsync(body.Memory, end.Token);
        }

        return AttemptEnd.Over(status, failure);
    }

    /// <summary>Ends an attempt that was cut off: inside a stream with an error event, before it with a failure that has still to be written.</summary>
    public static async Task<AttemptEnd> EndStreamAsync(ProxyCall call, int status, Failure failure)
    {
        if (failure.Kind != FailureKind.ClientGone && call.Http.Response.HasStarted)
        {
            await WriteStreamErrorAsync(call, failure);
        }

        return AttemptEnd.Over(status, failure);
    }

    private async Task<AttemptEnd> RelayStreamAsync(ProxyCall call, HttpResponseMessage response, CancellationTokenSource end)
    {
        var status = (int)response.StatusCode;
        using var upstream = await response.Content.ReadAsStreamAsync(end.Token);
        var window = new EventWindow(ReadBytes, MostEventBytes);
        var isCommitted = false;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.IdleSeconds)));
                    read = await upstream.ReadAsync(window.Free(), end.Token);
                }
                catch (Exception exception) when (exception is IOException or HttpRequestException)
                {
                    read = 0; // A connection that breaks is an answer that ends too early.
                }

                window.Add(read);
                while (window.Next(isLast: read == 0) is { IsEmpty: false } bytes)
                {
                    var parsed = SseEvent.Parse(bytes.Span);
                    var verdict = call.Reader!.ReadEvent(parsed.Name, parsed.Data);
                    if (verdict == EventVerdict.Failed)
                    {
                        return await FailedInsideAsync(call, status, bytes, isCommitted, end);
                    }

                    if (verdict == EventVerdict.Drop)
                    {
                        continue;
                    }

                    window.Keep(bytes);
                    if (verdict == EventVerdict.ForwardContent)
                    {
                        call.FirstToken ??= clock.GetElapsedTime(call.StartedTimestamp);
                        isCommitted = isCommitted || Commit(call, response);
                    }
                }

                if (isCommitted && window.Kept.Length > 0)
                {
                    await FlushAsync(call, window, end);
                }

                if (window.IsTooLong)
                {
                    return await EndTooEarlyAsync(call, status, isCommitted, new Failure(FailureKind.Server, "The upstream sent an event that is too large."));
                }

                if (read == 0)
                {
                    return call.Reader!.IsComplete && isCommitted
                        ? AttemptEnd.Success(status)
                        : await EndTooEarlyAsync(call, status, isCommitted, new Failure(FailureKind.Truncated, "The upstream ended its answer before it was complete."));
                }
            }
        }
        finally
        {
            window.Dispose();
        }
    }

    private static async Task<AttemptEnd> FailedInsideAsync(ProxyCall call, int status, ReadOnlyMemory<byte> bytes, bool isCommitted, CancellationTokenSource end)
    {
        var failure = call.Reader!.Failure!;
        failure = failure with { Message = Redaction.Apply(failure.Message, call.Account!.Credentials) };
        if (!isCommitted)
        {
            // An error as the first event under 200 is an error like any other.
            return failure.Kind.IsClientFault() ? AttemptEnd.Over(status, failure) : AttemptEnd.Retry(status, failure);
        }

        if (failure.Kind is FailureKind.AuthAccount or FailureKind.QuotaAccount || Redaction.IsNeeded(bytes.Span, call.Account.Credentials))
        {
            await WriteStreamErrorAsync(call, AboutTheAccount(failure));
            return AttemptEnd.Over(status, failure);
        }

        // The platform's own words, which the client's own library knows how to read.
        await call.Http.Response.Body.WriteAsync(bytes, end.Token);
        return AttemptEnd.Over(status, failure);
    }

    private static async Task<AttemptEnd> EndTooEarlyAsync(ProxyCall call, int status, bool isCommitted, Failure failure)
    {
        if (!isCommitted)
        {
            return AttemptEnd.Retry(status, failure);
        }

        await WriteStreamErrorAsync(call, failure);
        return AttemptEnd.Over(status, failure);
    }

    private async Task<AttemptEnd> RelayBodyAsync(ProxyCall call, HttpResponseMessage response, CancellationTokenSource end)
    {
        var status = (int)response.StatusCode;
        using var body = await ReadAllAsync(response, MostBodyBytes, end);
        if (body is null)
        {
            return AttemptEnd.Retry(status, new Failure(FailureKind.Truncated, "The upstream ended its answer before it was complete, or it was too large."));
        }

        if (call.Operation == Operation.Generate)
        {
            call.Reader!.ReadBody(body.Span);
            if (call.Reader.Failure is { } failure)
            {
                return AttemptEnd.Retry(status, failure);
            }
        }

        call.FirstToken = clock.GetElapsedTime(call.StartedTimestamp);
        UpstreamHeaders.CopyToClient(response, call.Http.Response);
        call.Http.Response.StatusCode = status;
        call.Http.Response.ContentType = response.Content.Headers.ContentType!.ToString();
        call.Http.Response.ContentLength = body.Length;
        end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.FlushSeconds)));
        await call.Http.Response.Body.WriteAsync(body.Memory, end.Token);
        return AttemptEnd.Success(status);
    }

    /// <summary>From here on the client has an answer: no other account may be tried.</summary>
    private static bool Commit(ProxyCall call, HttpResponseMessage response)
    {
        var client = call.Http.Response;
        UpstreamHeaders.CopyToClient(response, client);
        client.StatusCode = (int)response.StatusCode;
        client.ContentType = response.Content.Headers.ContentType!.ToString();
        client.Headers.CacheControl = "no-cache";
        client.Headers["x-accel-buffering"] = "no"; // nginx would hold events back.
        return true;
    }

    private async Task FlushAsync(ProxyCall call, EventWindow window, CancellationTokenSource end)
    {
        var writer = call.Http.Response.BodyWriter;
        writer.Write(window.Kept);
        window.Clear();
        end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.FlushSeconds)));
        var flushed = await writer.FlushAsync(end.Token);
        if (flushed.IsCompleted)
        {
            throw new ConnectionAbortedException("The client closed the connection.");
        }
    }

    private static async Task WriteStreamErrorAsync(ProxyCall call, Failure failure)
    {
        call.Format.WriteStreamError(call.Http.Response.BodyWriter, failure, call.RequestId.ToString());
        await call.Http.Response.BodyWriter.FlushAsync(CancellationToken.None);
    }

    /// <summary>What is wrong with our account is the operator's business: the client learns only that it was not its own doing.</summary>
    private static Failure AboutTheAccount(Failure failure) => failure with
    {
        Message = failure.Kind == FailureKind.AuthAccount
            ? "The gateway's account at the platform was refused. Its operator must look after it."
            : "The gateway's accounts at the platform have no quota left.",
        Field = null,
    };

    private static bool IsJson(MediaTypeHeaderValue? type) => string.Equals(type?.MediaType, "application/json", StringComparison.OrdinalIgnoreCase);

    /// <returns>Null: longer than allowed, or cut off.</returns>
    private async Task<Inspection.PooledBody?> ReadAllAsync(HttpResponseMessage response, int most, CancellationTokenSource end)
    {
        using var stream = await response.Content.ReadAsStreamAsync(end.Token);
        var known = response.Content.Headers.ContentLength;
        var array = ArrayPool<byte>.Shared.Rent((int)Math.Min(known ?? ReadBytes, most) + 1);
        var length = 0;
        try
        {
            while (true)
            {
                end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.IdleSeconds)));
                var read = await stream.ReadAsync(array.AsMemory(length), end.Token);
                if (read == 0)
                {
                    var body = new Inspection.PooledBody(array, length);
                    array = null;
                    return body;
                }

                length += read;
                if (length > most)
                {
                    return null;
                }

                if (length == array.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(array.Length * 2);
                    array.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(array);
                    array = larger;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return null;
        }
        finally
        {
            if (array is not null)
            {
                ArrayPool<byte>.Shared.Return(array);
            }
        }
    }
}
