using System.Globalization;
using Gateway.Infrastructure.Redis;
using StackExchange.Redis;

namespace Gateway.Proxy.Scheduling;

/// <summary>Tells the other instances each second how many requests this one has at each account, so that operators see the sum whichever instance they ask. No choice depends on it.</summary>
internal sealed partial class LoadSharing(AccountDirectory accounts, RedisConnection redis, TimeProvider clock, ILogger<LoadSharing> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // What an instance said counts for so long: then it is taken for dead.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(5);

    private readonly string _instance = Guid.NewGuid().ToString("N");
    private bool _hadLoad;
    private bool _isFailing;

    /// <summary>Requests at each account: of this instance as they are now, of others as they were up to a second ago.</summary>
    public async Task<IReadOnlyDictionary<long, int>> ReadAsync()
    {
        var sums = accounts.Snapshot.All.Where(account => account.Load.InFlight > 0).ToDictionary(account => account.Id, account => account.Load.InFlight);
        if (!redis.IsConnected)
        {
            return sums;
        }

        try
        {
            var others = (await redis.Database.SortedSetRangeByScoreAsync(RedisKeys.LoadInstances, start: (clock.GetUtcNow() - Life).ToUnixTimeMilliseconds()))
                .Where(instance => instance != _instance).Select(instance => RedisKeys.Load((string)instance!)).ToArray();
            foreach (var said in others.Length == 0 ? [] : await redis.Database.StringGetAsync(others))
            {
                foreach (var (accountId, inFlight) in Parse(said))
                {
                    sums[accountId] = sums.GetValueOrDefault(accountId) + inFlight;
                }
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            NoteFailure(exception.Message);
        }

        return sums;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await ShareAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Soon forgotten.
        }
    }

    private async Task ShareAsync()
    {
        var load = string.Join(',', accounts.Snapshot.All.Where(account => account.Load.InFlight > 0).Select(account => string.Create(CultureInfo.InvariantCulture, $"{account.Id}:{account.Load.InFlight}")));
        if (!redis.IsConnected || (load.Length == 0 && !_hadLoad))
        {
            return; // An idle instance has nothing to say.
        }

        try
        {
            var now = clock.GetUtcNow();
            await Task.WhenAll(
                redis.Database.StringSetAsync(RedisKeys.Load(_instance), load, Life),
                redis.Database.SortedSetAddAsync(RedisKeys.LoadInstances, _instance, now.ToUnixTimeMilliseconds()),
                redis.Database.SortedSetRemoveRangeByScoreAsync(RedisKeys.LoadInstances, double.NegativeInfinity, (now - Life).ToUnixTimeMilliseconds(), Exclude.Stop));
            _hadLoad = load.Length > 0;
            _isFailing = false;
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            NoteFailure(exception.Message);
        }
    }

    private static IEnumerable<(long AccountId, int InFlight)> Parse(RedisValue said)
    {
        foreach (var pair in ((string?)said ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.Split(':') is [var id, var count]
                && long.TryParse(id, CultureInfo.InvariantCulture, out var accountId) && int.TryParse(count, CultureInfo.InvariantCulture, out var inFlight))
            {
                yield return (accountId, inFlight);
            }
        }
    }

    private void NoteFailure(string reason)
    {
        if (!_isFailing)
        {
            Log.Failed(logger, reason);
        }

        _isFailing = true;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "How many requests each instance has at each account is not shared at the moment: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
