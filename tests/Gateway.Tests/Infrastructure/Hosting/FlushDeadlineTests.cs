using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Infrastructure.Hosting;
using Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Infrastructure.Hosting;

/// <summary>F25, B41–B43: a client that does not read, and one that is only slow.</summary>
public sealed class FlushDeadlineTests
{
    private static readonly TimeSpan JustUnder = FlushDeadline.Limit - TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _writtenBytes;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F25_a_client_that_does_not_read_is_dropped()
    {
        await using var app = await StartAsync(EndlessAsync);
        using var client = await AskAsync(app);

        await Eventually.HoldsAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return _aborted.Task.IsCompleted;
        });
    }

    [Fact]
    public async Task F25_a_client_that_reads_slowly_is_not()
    {
        await using var app = await StartAsync(EndlessAsync);
        using var client = await AskAsync(app);
        var buffer = new byte[64 * 1024];
        for (var i = 0; i < 5; i++)
        {
            // Until the server is held up for a moment, then until it goes on.
            await Eventually.HoldsAsync(async () =>
            {
                var before = Interlocked.Read(ref _writtenBytes);
                await Task.Delay(100, Cancel);
                return before == Interlocked.Read(ref _writtenBytes);
            });
            _clock.Advance(JustUnder);
            var held = Interlocked.Read(ref _writtenBytes);
            while (Interlocked.Read(ref _writtenBytes) == held)
            {
                (await client.ReceiveAsync(buffer, Cancel)).ShouldBePositive();
            }
        }

        _aborted.Task.IsCompleted.ShouldBeFalse();
    }

    // Kestrel's own clock cannot be faked: this pause is longer than the five seconds that its least rate grants.
    [Fact]
    public async Task F25_a_stream_may_be_silent_for_as_long_as_it_likes()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(async http =>
        {
            await http.Response.WriteAsync("data: 1\n\n", Cancel);
            await http.Response.Body.FlushAsync(Cancel);
            await go.Task;
            await Task.Delay(TimeSpan.FromSeconds(7), Cancel);
            await http.Response.WriteAsync("data: 2\n\n", Cancel);
        });
        using var client = await AskAsync(app);
        using var reader = new StreamReader(new NetworkStream(client));
        await UntilAsync(reader, "data: 1");

        _clock.Advance(TimeSpan.FromHours(1));
        go.SetResult();

        await UntilAsync(reader, "data: 2");
        _aborted.Task.IsCompleted.ShouldBeFalse();
    }

    private static async Task UntilAsync(StreamReader reader, string text)
    {
        string? line;
        do
        {
            line = await reader.ReadLineAsync(Cancel);
        }
        while (line is not null && line != text);
        line.ShouldBe(text);
    }

    private async Task EndlessAsync(HttpContext http)
    {
        var block = new byte[16 * 1024];
        while (!http.RequestAborted.IsCancellationRequested)
        {
            await http.Response.Body.WriteAsync(block, Cancel);
            Interlocked.Add(ref _writtenBytes, block.Length);
        }
    }

    private async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.UseFlushDeadline(_clock)));
        var app = builder.Build();
        app.Run(http =>
        {
            http.RequestAborted.Register(() => _aborted.TrySetResult());
            return answer(http);
        });
        await app.StartAsync(Cancel);
        return app;
    }

    private static async Task<Socket> AskAsync(WebApplication app)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, new Uri(app.Urls.Single()).Port), Cancel);
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Cancel);
        return socket;
    }
}
