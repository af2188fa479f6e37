using System.Buffers;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Streaming;

/// <summary>Brings an answer that is no stream to the client: as it is, or in the words of the client's format.</summary>
internal sealed class BodyRelay(AnswerBindings bindings, TimeProvider clock)
{
    private const int FirstBytes = 16 * 1024;
    private const int MostBytes = 64 * 1024 * 1024;

    // Also the size of an array of the pool. A large body is read into several: arrays that double would take three times as much, and the pool would keep the
    // largest of them for every thread that gives one back.
    private const int PieceBytes = 1024 * 1024;

    public async Task<AttemptEnd> RelayAsync(ProxyCall call, HttpResponseMessage response, CallCancellation end)
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

        bindings.Keep(call);
        if (call.Converter is { } converter)
        {
            return await WriteConvertedAsync(call, converter, body, response, end);
        }

        call.FirstToken = clock.GetElapsedTime(call.StartedTimestamp);
        UpstreamHeaders.CopyToClient(response, call.Http.Response);
        ClientWriter.WriteDropped(call);
        await ClientWriter.WriteWholeAsync(call, status, response.Content.Headers.ContentType!.ToString(), body.Memory, end);
        return AttemptEnd.Success(status);
    }

    /// <summary>For a client of another format, which may have asked for a stream: compatible servers do not always listen.</summary>
    private async Task<AttemptEnd> WriteConvertedAsync(ProxyCall call, BodyConverter converter, PooledBody body, HttpResponseMessage response, CallCancellation end)
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
            await ClientWriter.EndAsync(call, end);
            return AttemptEnd.Success(status);
        }

        UpstreamHeaders.CopyToClient(response, call.Http.Response);
        converter.WriteHeaders(call.Http.Response);
        await ClientWriter.WriteWholeAsync(call, status, "application/json", output.WrittenMemory, end);
        return AttemptEnd.Success(status);
    }

    /// <returns>Null: longer than allowed, or cut off.</returns>
    public static async Task<PooledBody?> ReadAsync(HttpResponseMessage response, int most, CallCancellation end)
    {
        var known = response.Content.Headers.ContentLength;
        if (known > most)
        {
            return null;
        }

        var pieces = new List<byte[]>(0); // Full ones, in front of the last.
        var last = ArrayPool<byte>.Shared.Rent((int)Math.Min((known ?? FirstBytes) + 1, PieceBytes));
        var length = 0;
        var isHandedOver = false;
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(end.Token);
            while (true)
            {
                end.AwaitBytes();
                var read = await stream.ReadAsync(last.AsMemory(length), end.Token);
                end.ContentHasCome();
                if (read == 0)
                {
                    isHandedOver = pieces.Count == 0;
                    return isHandedOver ? new PooledBody(last, length) : Join(pieces, last.AsSpan(0, length));
                }

                length += read;
                if ((pieces.Count * PieceBytes) + length > most)
                {
                    return null;
                }

                if (length == PieceBytes)
                {
                    pieces.Add(last);
                    last = ArrayPool<byte>.Shared.Rent(PieceBytes);
                    length = 0;
                }
                else if (length == last.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(last.Length * 2);
                    last.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(last);
                    last = larger;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return null;
        }
        finally
        {
            pieces.ForEach(piece => ArrayPool<byte>.Shared.Return(piece));
            if (!isHandedOver)
            {
                ArrayPool<byte>.Shared.Return(last);
            }
        }
    }

    private static PooledBody Join(List<byte[]> pieces, ReadOnlySpan<byte> last)
    {
        var length = (pieces.Count * PieceBytes) + last.Length;
        var whole = ArrayPool<byte>.Shared.Rent(length);
        for (var i = 0; i < pieces.Count; i++)
        {
            pieces[i].AsSpan(0, PieceBytes).CopyTo(whole.AsSpan(i * PieceBytes));
        }

        last.CopyTo(whole.AsSpan(pieces.Count * PieceBytes));
        return new PooledBody(whole, length);
    }
}
