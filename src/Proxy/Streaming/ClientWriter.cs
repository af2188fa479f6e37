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
    /// <summary>A whole body.</summary>
    public async Task WriteWholeAsync(ProxyCall call, int status, string contentType, ReadOnlyMemory<byte> body, CancellationTokenSource end)
    {
        var client = call.Http.Response;
        client.StatusCode = status;
        client.ContentType = contentType;
        client.ContentLength = body.Length;
        end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.FlushSeconds)));
        await client.Body.WriteAsync(body, end.Token);
    }

    /// <summary>The first line of a stream: from here on the client has an answer, and no other account may be tried.</summary>
    public static void Commit(ProxyCall call, HttpResponseMessage response)
    {
        var client = call.Http.Response;
        UpstreamHeaders.CopyToClient(response, client);
        client.StatusCode = (int)response.StatusCode;
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
    public async Task EndAsync(ProxyCall call, CancellationTokenSource end)
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

    public async Task FlushAsync(ProxyCall call, CancellationTokenSource end)
    {
        end.CancelAfter(TimeSpan.FromSeconds(configs.Get(ProxySettings.FlushSeconds)));
        if ((await call.Http.Response.BodyWriter.FlushAsync(end.Token)).IsCompleted)
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

    public async Task KeepAliveAsync(ProxyCall call, CancellationTokenSource end)
    {
        Write(call, call.Format.KeepAlive);
        await FlushAsync(call, end);
    }

    /// <summary>An error inside a stream, in the client's own words.</summary>
    public async Task WriteErrorAsync(ProxyCall call, Failure failure)
    {
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
}
