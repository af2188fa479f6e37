using System.Buffers;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Hosting;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Proxy.Streaming;

/// <summary>Writes to the client of a call, in the form that it reads, and never waits for it longer than <c>proxy.flush_seconds</c>.</summary>
internal sealed class ClientWriter(DynamicConfigs configs, TimeProvider clock)
{
    private const int PieceBytes = 256 * 1024;

    /// <summary>A whole body. The client's time limit is that of each piece: a large one may take a slow line longer.</summary>
    public static async Task WriteWholeAsync(ProxyCall call, int status, string contentType, ReadOnlyMemory<byte> body, CallCancellation end)
    {
        var client = call.Http.Response;
        client.StatusCode = status;
        client.ContentType = contentType;
        client.ContentLength = body.Length;
        do
        {
            var piece = body[..Math.Min(body.Length, PieceBytes)];
            end.AwaitClient();
            await client.Body.WriteAsync(piece, end.Token);
            body = body[piece.Length..];
        }
        while (!body.IsEmpty);
    }

    /// <summary>The first line of a stream, unless it has gone out already. As long as only signs of life follow it, another account may be tried.</summary>
    /// <param name="response">Null: the platform has sent nothing yet.</param>
    public static void Commit(ProxyCall call, HttpResponseMessage? response)
    {
        var client = call.Http.Response;
        if (client.HasStarted)
        {
            return;
        }

        if (response is not null)
        {
            UpstreamHeaders.CopyToClient(response, client);
        }

        client.StatusCode = StatusCodes.Status200OK;
        client.ContentType = call.Format.StreamType;
        call.Converter?.WriteHeaders(client);
        WriteDropped(call);
        client.Headers.CacheControl = "no-cache";
        client.Headers["x-accel-buffering"] = "no"; // nginx would hold events back.
    }

    /// <summary>Names what a request lost that went on in its own format.</summary>
    public static void WriteDropped(ProxyCall call)
    {
        if (call is { Converter: null, Target.Dropped: { Count: > 0 } dropped })
        {
            call.Http.Response.Headers["x-gateway-dropped"] = string.Join(", ", dropped);
        }
    }

    /// <summary>The proper end of a stream.</summary>
    public static async Task EndAsync(ProxyCall call, CallCancellation end)
    {
        call.Framing?.End(call.Http.Response.BodyWriter);
        await FlushAsync(call, end);
    }

    /// <param name="events">Whole events, comments included.</param>
    public static void Write(ProxyCall call, ReadOnlySpan<byte> events)
    {
        if (call.Framing is { } framing)
        {
            framing.Write(call.Http.Response.BodyWriter, events);
        }
        else
        {
            call.Http.Response.BodyWriter.Write(events);
        }
    }

    public static async Task FlushAsync(ProxyCall call, CallCancellation end)
    {
        var flushing = call.Http.Response.BodyWriter.FlushAsync(end.Token);
        if (!flushing.IsCompleted)
        {
            end.AwaitClient(); // Nearly always there was room: then nobody is waited for.
        }

        if ((await flushing).IsCompleted)
        {
            throw new ConnectionAbortedException("The client closed the connection.");
        }
    }

    /// <summary>After an error inside a stream.</summary>
    public static void BreakIfNeeded(ProxyCall call)
    {
        if (call.Format.BreaksAfterStreamError)
        {
            call.Http.BreakAnswer();
        }
    }

    /// <summary>Waits for the platform, and gives the client of a stream signs of life meanwhile.</summary>
    /// <param name="response">Null: the platform has sent nothing yet.</param>
    public async Task WaitAsync(ProxyCall call, Task platform, HttpResponseMessage? response, CallCancellation end)
    {
        while (!await IsDoneWithinAsync(platform, Patience(call)))
        {
            Commit(call, response);
            Write(call, call.Format.KeepAlive);

            // The time limit is the platform's, and goes on.
            if ((await call.Http.Response.BodyWriter.FlushAsync(end.Token)).IsCompleted)
            {
                throw new ConnectionAbortedException("The client closed the connection.");
            }
        }
    }

    /// <summary>An error inside a stream, in the client's own words.</summary>
    public async Task WriteErrorAsync(ProxyCall call, Failure failure)
    {
        call.HasStreamError = true;
        // A limit of its own: the request's may be what ended the stream.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(configs.Get(ProxySettings.FlushSeconds)), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, call.Http.RequestAborted);
        var soFar = call.Converter is { } converter ? converter.SoFar : call.Reader?.SoFar;
        var error = new ArrayBufferWriter<byte>(512);
        call.Format.WriteStreamError(error, failure, call.RequestId.ToString(), soFar);
        Write(call, error.WrittenSpan);
        BreakIfNeeded(call);
        try
        {
            await call.Http.Response.BodyWriter.FlushAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            call.Http.Abort(); // It does not read, or has left: a broken connection says enough.
        }
    }

    /// <summary>How long the client may be left without a word.</summary>
    private TimeSpan Patience(ProxyCall call)
    {
        if (call.Http.Response.HasStarted)
        {
            return TimeSpan.FromSeconds(configs.Get(ProxySettings.KeepAliveSeconds));
        }

        var left = TimeSpan.FromSeconds(configs.Get(ProxySettings.CommitAfterSeconds)) - clock.GetElapsedTime(call.StartedTimestamp);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task<bool> IsDoneWithinAsync(Task platform, TimeSpan limit)
    {
        await platform.WaitAsync(limit, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return platform.IsCompleted;
    }
}
