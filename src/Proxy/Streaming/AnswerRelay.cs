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
        var failure = adapter.ReadFailure(new UpstreamRefusal(status, response.Headers, body?.Memory ?? default, clock.GetUtcNow()) { Model = call.UpstreamModel! }) with
        {
            ShouldRetry = UpstreamHeaders.ShouldRetry(response.Headers),
        };
        if (failure.IsRepairable)
        {
            return AttemptEnd.Retry(status, failure);
        }

        var attempt = Refused(call, status, failure);
        if (!attempt.IsOver)
        {
            return attempt;
        }

        if (body is not null && call.Converter is null && adapter.SaysRefusalsIn(call.Format.Wire) && IsJson(response.Content.Headers.ContentType) && !Redaction.IsNeeded(body.Span, call.Account!.Credentials))
        {
            call.Failure = attempt.Failure;
            UpstreamHeaders.CopyToClient(response, call.Http.Response);
            call.Http.Response.StatusCode = status;
            call.Http.Response.ContentType = "application/json";
            call.Http.Response.ContentLength = body.Length;
            end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.FlushSeconds)));
            await call.Http.Response.Body.WriteAsync(body.Memory, end.Token);
        }

        return attempt;
    }

    /// <summary>Ends an attempt that was cut off: inside a stream with an error event, before it with a failure that has still to be written.</summary>
    public async Task<AttemptEnd> EndStreamAsync(ProxyCall call, int status, Failure failure)
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
        var hasContent = false;
        var isCommitted = false;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.IdleSeconds)));
                    var reading = upstream.ReadAsync(window.Free(), end.Token);
                    read = reading.IsCompletedSuccessfully ? reading.Result : await WaitAsync(reading.AsTask());
                }
                catch (Exception exception) when (exception is IOException or HttpRequestException)
                {
                    read = 0; // A connection that breaks is an answer that ends too early.
                }

                if (read == 0)
                {
                    window.Finish();
                }

                window.Add(read);
                var hasFailed = false;
                var failed = ReadOnlyMemory<byte>.Empty;
                while (!hasFailed && window.Next() is { IsEmpty: false } bytes)
                {
                    var parsed = SseEvent.Parse(bytes.Span);
                    switch (call.Reader!.ReadEvent(parsed.Name, parsed.Data))
                    {
                        case EventVerdict.Failed:
                            hasFailed = true;
                            failed = bytes;
                            break;
                        case EventVerdict.Unreadable:
                            hasFailed = true;
                            break;
                        case EventVerdict.ForwardContent:
                            hasContent = true;
                            Keep(bytes);
                            break;
                        case EventVerdict.Forward:
                            Keep(bytes);
                            break;
                        default:
                            break;
                    }
                }

                if (read == 0 && !hasFailed && call.Converter is { } ending)
                {
                    ending.Finish();
                    ending.WriteEvents(window.Output);
                }

                // As long as nothing has been sent, an answer that fails is another account's to give.
                if (isCommitted || (hasContent && !hasFailed && !window.IsTooLong))
                {
                    if (!isCommitted)
                    {
                        Commit(call, response);
                        isCommitted = true;
                    }

                    if (hasContent)
                    {
                        call.FirstToken ??= clock.GetElapsedTime(call.StartedTimestamp);
                    }

                    await FlushAsync(call, window, end);
                }

                if (hasFailed)
                {
                    return await FailedInsideAsync(call, status, failed, isCommitted, end);
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

        async Task<int> WaitAsync(Task<int> reading)
        {
            try
            {
                while (!await IsDoneWithinAsync(reading, Patience(call, isCommitted)))
                {
                    if (!isCommitted)
                    {
                        Commit(call, response);
                        isCommitted = true;
                    }

                    await SendKeepAliveAsync(call, end);
                }
            }
            catch
            {
                // The read writes into the window, whose array goes back to its pool: it must have ended before.
                await end.CancelAsync();
                await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            return await reading;
        }

        void Keep(ReadOnlyMemory<byte> bytes)
        {
            if (call.Converter is { } converter)
            {
                converter.WriteEvents(window.Output);
            }
            else
            {
                window.Keep(bytes);
            }
        }
    }

    /// <param name="said">The platform's error event; empty: there is none that a client could read.</param>
    private async Task<AttemptEnd> FailedInsideAsync(ProxyCall call, int status, ReadOnlyMemory<byte> said, bool isCommitted, CancellationTokenSource end)
    {
        var attempt = Refused(call, status, call.Reader!.Failure!);
        if (!isCommitted)
        {
            // An error as the first event under 200 is an error like any other.
            return attempt;
        }

        if (said.IsEmpty || call.Converter is not null || attempt.Failure!.Evidence is not null || Redaction.IsNeeded(said.Span, call.Account!.Credentials))
        {
            await WriteStreamErrorAsync(call, attempt.Failure!);
        }
        else
        {
            // The platform's own words, which the client's own library knows how to read.
            end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.FlushSeconds)));
            await call.Http.Response.Body.WriteAsync(said, end.Token);
        }

        return AttemptEnd.Over(status, attempt.Failure!);
    }

    /// <summary>Whose fault it is decides whether another account is asked.</summary>
    private static AttemptEnd Refused(ProxyCall call, int status, Failure said)
    {
        var failure = Redaction.ForClient(said, call.Account!.Credentials);
        return failure.Kind.IsClientFault() ? AttemptEnd.Over(status, failure) : AttemptEnd.Retry(status, failure);
    }

    private async Task<AttemptEnd> EndTooEarlyAsync(ProxyCall call, int status, bool isCommitted, Failure failure)
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
                return Refused(call, status, failure);
            }
        }

        if (call.Converter is { } converter)
        {
            return await WriteConvertedAsync(call, converter, response, end);
        }

        call.FirstToken = clock.GetElapsedTime(call.StartedTimestamp);
        UpstreamHeaders.CopyToClient(response, call.Http.Response);
        WriteDropped(call);
        call.Http.Response.StatusCode = status;
        call.Http.Response.ContentType = response.Content.Headers.ContentType!.ToString();
        call.Http.Response.ContentLength = body.Length;
        end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.FlushSeconds)));
        await call.Http.Response.Body.WriteAsync(body.Memory, end.Token);
        return AttemptEnd.Success(status);
    }

    /// <summary>A whole answer for a client of another format, which may have asked for a stream: compatible servers do not always listen.</summary>
    private async Task<AttemptEnd> WriteConvertedAsync(ProxyCall call, AnswerConverter converter, HttpResponseMessage response, CancellationTokenSource end)
    {
        var status = (int)response.StatusCode;
        if (!call.Reader!.IsComplete)
        {
            return AttemptEnd.Retry(status, new Failure(FailureKind.Server, "The upstream's answer has no end."));
        }

        var output = new ArrayBufferWriter<byte>(4096);
        if (call.Request.Stream)
        {
            converter.WriteEvents(output);
        }
        else
        {
            converter.WriteMessage(output);
        }

        call.FirstToken = clock.GetElapsedTime(call.StartedTimestamp);
        Commit(call, response);
        if (!call.Request.Stream)
        {
            call.Http.Response.ContentType = "application/json";
            call.Http.Response.ContentLength = output.WrittenCount;
        }

        end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.FlushSeconds)));
        await call.Http.Response.Body.WriteAsync(output.WrittenMemory, end.Token);
        return AttemptEnd.Success(status);
    }

    /// <summary>From here on the client has an answer: no other account may be tried.</summary>
    private static void Commit(ProxyCall call, HttpResponseMessage response)
    {
        var client = call.Http.Response;
        UpstreamHeaders.CopyToClient(response, client);
        client.StatusCode = (int)response.StatusCode;
        client.ContentType = call.Converter?.StreamType ?? response.Content.Headers.ContentType!.ToString();
        call.Converter?.WriteHeaders(client);
        WriteDropped(call);
        client.Headers.CacheControl = "no-cache";
        client.Headers["x-accel-buffering"] = "no"; // nginx would hold events back.
    }

    /// <summary>Names what a request lost that went on in its own format.</summary>
    private static void WriteDropped(ProxyCall call)
    {
        if (call is { Converter: null, Target.Dropped: { Count: > 0 } dropped })
        {
            call.Http.Response.Headers["x-gateway-dropped"] = string.Join(", ", dropped);
        }
    }

    /// <summary>How long the client may be left without a word.</summary>
    private TimeSpan Patience(ProxyCall call, bool isCommitted)
    {
        if (isCommitted)
        {
            return TimeSpan.FromSeconds(configs.Get(ProxySettings.KeepAliveSeconds));
        }

        var left = TimeSpan.FromSeconds(configs.Get(ProxySettings.CommitAfterSeconds)) - clock.GetElapsedTime(call.StartedTimestamp);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task<bool> IsDoneWithinAsync(Task reading, TimeSpan limit)
    {
        await reading.WaitAsync(limit, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return reading.IsCompleted;
    }

    private static async Task SendKeepAliveAsync(ProxyCall call, CancellationTokenSource end)
    {
        var writer = call.Http.Response.BodyWriter;
        writer.Write(call.Format.KeepAlive);
        if ((await writer.FlushAsync(end.Token)).IsCompleted)
        {
            throw new ConnectionAbortedException("The client closed the connection.");
        }
    }

    private async Task FlushAsync(ProxyCall call, EventWindow window, CancellationTokenSource end)
    {
        if (window.Kept.IsEmpty)
        {
            return;
        }

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

    private async Task WriteStreamErrorAsync(ProxyCall call, Failure failure)
    {
        // A limit of its own: the request's may be what ended the stream.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(configs.Get(ProxySettings.FlushSeconds)), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, call.Http.RequestAborted);
        var soFar = call.Converter is { } converter ? converter.SoFar : call.Reader?.SoFar;
        call.Format.WriteStreamError(call.Http.Response.BodyWriter, failure, call.RequestId.ToString(), soFar);
        try
        {
            await call.Http.Response.BodyWriter.FlushAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            call.Http.Abort(); // It does not read, or has left: a broken connection says enough.
        }
    }

    private static bool IsJson(MediaTypeHeaderValue? type) => string.Equals(type?.MediaType, "application/json", StringComparison.OrdinalIgnoreCase);

    /// <returns>Null: longer than allowed, or cut off.</returns>
    private async Task<Inspection.PooledBody?> ReadAllAsync(HttpResponseMessage response, int most, CancellationTokenSource end)
    {
        var known = response.Content.Headers.ContentLength;
        var array = ArrayPool<byte>.Shared.Rent((int)Math.Min(known ?? ReadBytes, most) + 1);
        var length = 0;
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(end.Token);
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
