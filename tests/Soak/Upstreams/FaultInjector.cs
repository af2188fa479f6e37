using System.Collections.Concurrent;
using Soak.Gateways;

namespace Soak.Upstreams;

/// <summary>Lets accounts fail for short periods, never more than two of a platform at a time, and kills a gateway every two minutes.</summary>
internal sealed class FaultInjector(IReadOnlyList<Upstream> upstreams, IReadOnlyList<GatewayNode> nodes, ManagementApi api, int seed)
{
    private const int MostAtOnce = 2;

    private static readonly TimeSpan FirstKill = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan BetweenKills = TimeSpan.FromMinutes(2);

    /// <summary>No kill later than this before the end: the slots of a killed gateway are free when its leases have ended, and whatever is held then has leaked.</summary>
    private static readonly TimeSpan QuietAfterKill = TimeSpan.FromSeconds(40);

    private readonly ConcurrentDictionary<string, int> _counts = new();

    /// <summary>How often each fault happened.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <param name="end">Ends with the load: every fault ends then.</param>
    public async Task RunAsync(CancellationToken end, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var running = new List<Task>();
        try
        {
            while (true)
            {
                await Task.Delay(random.Next(100, 700), end);
                var upstream = upstreams[random.Next(upstreams.Count)];
                var kind = FaultKind.All[random.Next(FaultKind.All.Count)];
                var duration = TimeSpan.FromMilliseconds(random.Next(300, 5_000));
                var answer = kind.Script(random);
                var now = DateTime.UtcNow;
                if (upstream.IsHealthy(now, now) && upstreams.Count(other => other.Platform == upstream.Platform && !other.IsHealthy(now, now)) < MostAtOnce)
                {
                    _counts.AddOrUpdate(kind.Name, 1, (_, count) => count + 1);
                    upstream.Begin(answer);
                    running.Add(EndAsync(upstream, kind, duration, end, cancellationToken));
                    running.RemoveAll(task => task.IsCompletedSuccessfully);
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            await Task.WhenAll(running);
        }
    }

    public async Task KillAsync(TimeSpan length, CancellationToken end, CancellationToken cancellationToken)
    {
        var random = new Random(seed + 1);
        try
        {
            for (var at = FirstKill; at < length - QuietAfterKill; at += BetweenKills)
            {
                await Task.Delay(at == FirstKill ? FirstKill : BetweenKills, end);
                var node = nodes[random.Next(nodes.Count)];
                await node.KillAsync();
                await Task.Delay(random.Next(500, 5_000), cancellationToken);
                await node.StartAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The load is over.
        }
    }

    private async Task EndAsync(Upstream upstream, FaultKind kind, TimeSpan duration, CancellationToken end, CancellationToken cancellationToken)
    {
        await Task.Delay(duration, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        upstream.Behave();
        if (kind == FaultKind.Refused)
        {
            // Requests that were refused meanwhile mark it once more.
            await Task.Delay(500, cancellationToken);
            await api.PostAsync($"api/admin/accounts/{upstream.AccountId}/recover", new { }, cancellationToken);
        }

        upstream.Close(kind.Grace);
    }
}
