using System.Diagnostics;
using Soak.Gateways;

namespace Soak.Findings;

/// <summary>What is still held when nothing is under way any more.</summary>
/// <param name="InFlight">Requests that gateways still count at accounts.</param>
/// <param name="Slots">Members of the sets of slots and of those who wait for one, by name.</param>
internal sealed record Held(int InFlight, IReadOnlyDictionary<string, long> Slots)
{
    public long Leaked => InFlight + Slots.Values.Sum();
}

/// <summary>Waits until the gateways have nothing left to do.</summary>
internal sealed class Quiet(IReadOnlyList<GatewayNode> nodes, ManagementApi api, Stores stores)
{
    // What clients left is read on for up to half a minute.
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(60);

    // Much shorter than a lease: what is forgotten must be found before it ends by itself.
    private static readonly TimeSpan SlotLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public async Task<Held> WaitAsync(CancellationToken cancellationToken)
    {
        var inFlight = await UntilAsync(() => InFlightAsync(cancellationToken), left => left == 0, RequestLimit, cancellationToken);
        return new Held(inFlight, await UntilAsync(stores.HeldSlotsAsync, held => held.Count == 0, SlotLimit, cancellationToken));
    }

    private async Task<int> InFlightAsync(CancellationToken cancellationToken)
    {
        var sum = 0;
        foreach (var node in nodes)
        {
            var page = await api.GetAsync("api/admin/accounts?page_size=200", cancellationToken, node);
            sum += page.GetProperty("items").EnumerateArray().Sum(account => account.GetProperty("in_flight").GetInt32());
        }

        return sum;
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> isOver, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (isOver(value) || Stopwatch.GetElapsedTime(started) > limit)
            {
                return value;
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }
}
