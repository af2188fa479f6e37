using System.Buffers;
using Gateway.Infrastructure.Configs;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Scheduling.Sessions;

namespace Gateway.Proxy.Streaming;

/// <summary>Brings an answer that is no stream to the client: as it is, or in the words of the client's format.</summary>
internal sealed class BodyRelay(ClientWriter writer, ResponseBindings bindings, SessionAffinity sessions, DynamicConfigs configs, TimeProvider clock)
{
    private const int FirstBytes = 16 * 1024;
    private const int MostBytes = 64 * 1024 * 1024;

    public async Task<AttemptEnd> RelayAsync(ProxyCall call, HttpResponseMessage response, CancellationTokenSource end)
    {
        var status = (int)response.StatusCode;
        using var body = await ReadAsync(response, MostBytes, end);
        if (body is null)
        {
            return AttemptEnd.Retry(status, new Failure(FailureKind.Truncated, "The upstream ended its answer before it was complete, or it was too large."));
        }

        call.Reader?.ReadBody(body.Span);
        if (call.Reader?.Failure is { } failure)
        {
            return AnswerRelay.Refused(call, status, failure);
        }

        if (call.Converter is null && call.Http.Response.HasStarted)
        {
            return AttemptEnd.Retry(status, new Failure(FailureKind.Server, "The upstream answered a request for a stream with a whole body."));
        }

        sessions.Bind(call);
        if (call.Converter is { } converter)
        {
            return await WriteConvertedAsync(call, converter, body, response, end);
        }

        call.FirstToken = clock.GetElapsedTime(call.StartedTimestamp);
        bindings.Keep(call);
        UpstreamHeaders.CopyToClient(response, call.Http.Response);
        ClientWriter.WriteDropped(call);
        await writer.WriteWholeAsync(call, status, response.Content.Headers.ContentType!.ToString(), body.Memory, end);
        return AttemptEnd.Success(status);
    }

    /// <summary>For a client of another format, which may have asked for a stream: compatible servers do not always listen.</summary>
    private async Task<AttemptEnd> WriteConvertedAsync(ProxyCall call, BodyConverter converter, PooledBody body, HttpResponseMessage response, CancellationTokenSource end)
    {
        var status = (int)response.StatusCode;
        var output = new ArrayBufferWriter<byte>(4096);
        if (converter.Convert(body.Span, call.Request.Stream, output) is { } failure)
        {
            return AnswerRelay.Refused(call, status, failure);
        }

        if (!converter.IsWhole)
        {
            return AttemptEnd.Success(status);
        }

        call.FirstToken = clock.GetElapsedTime(call.StartedTimestamp);
        if (call.Request.Stream)
        {
            ClientWriter.Commit(call, response);
            ClientWriter.Write(call, output.WrittenSpan);
            await writer.EndAsync(call, end);
            return AttemptEnd.Success(status);
        }

        UpstreamHeaders.CopyToClient(response, call.Http.Response);
        converter.WriteHeaders(call.Http.Response);
        await writer.WriteWholeAsync(call, status, "application/json", output.WrittenMemory, end);
        return AttemptEnd.Success(status);
    }

    /// <returns>Null: longer than allowed, or cut off.</returns>
    public async Task<PooledBody?> ReadAsync(HttpResponseMessage response, int most, CancellationTokenSource end)
    {
        var known = response.Content.Headers.ContentLength;
        var array = ArrayPool<byte>.Shared.Rent((int)Math.Min(known ?? FirstBytes, most) + 1);
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
                    var body = new PooledBody(array, length);
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
