using System.Diagnostics;
using System.Net;
using Gateway.Benchmarks.Targets;

namespace Gateway.Benchmarks.Load;

/// <summary>Keeps a number of requests under way at one target: each worker sends its next one when its last is answered. Connections last from round to round.</summary>
internal sealed class LoadGenerator(Target target, Exchange exchange, int concurrency) : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    private static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(10);

    private readonly HttpMessageInvoker _invoker = CreateInvoker();
    private long _sent;

    public static HttpMessageInvoker CreateInvoker() => new(new SocketsHttpHandler
    {
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
    });

    /// <summary>One round, and what it cost.</summary>
    /// <exception cref="WrongReplyException">A reply was wrong.</exception>
    public async Task<Round> RunAsync(int requests, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestRound);
        var latencies = new TimeSpan[requests];
        _sent += requests;
        var next = -1;
        var cpuBefore = target.Process?.CpuTime;
        var started = Stopwatch.GetTimestamp();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Math.Min(concurrency, requests)).Select(_ => Task.Run(WorkAsync, limit.Token)));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WrongReplyException($"{target.Name}: the round was not over after {LongestRound.TotalMinutes} minutes.", exception);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        var cpuAfter = target.Process?.CpuTime;
        await target.SettleAsync(cancellationToken);
        return new Round(latencies, elapsed, cpuAfter - cpuBefore, target.Process?.CpuTime - cpuAfter);

        async Task WorkAsync()
        {
            var buffer = new byte[BufferBytes];
            while (Interlocked.Increment(ref next) is var i && i < requests)
            {
                var sent = Stopwatch.GetTimestamp();
                try
                {
                    await exchange.RunAsync(_invoker, target, buffer, limit.Token);
                }
                catch (Exception exception) when (exception is WrongReplyException or HttpRequestException or IOException)
                {
                    await limit.CancelAsync();
                    throw target.Process is { HasExited: true } process
                        ? process.Failure("ended by itself")
                        : new WrongReplyException($"{target.Name} gave a wrong reply: {exception.Message}", exception);
                }

                latencies[i] = Stopwatch.GetElapsedTime(sent);
            }
        }
    }

    /// <summary>Lets the target check its own books after the last round.</summary>
    public Task AuditAsync(CancellationToken cancellationToken) => target.AuditAsync(_sent, cancellationToken);

    public void Dispose() => _invoker.Dispose();
}
