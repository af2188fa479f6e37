using System.Diagnostics;
using System.Globalization;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Scheduling.Concurrency;
using Gateway.Proxy.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks.Scheduling;

/// <summary>What it costs to find the accounts of a model and to choose one of them, without a limit on requests at the same time, and so without Redis.</summary>
internal static class SchedulingBenchmark
{
    public const string Verb = "scheduling";

    private const string Model = "claude-sonnet-4-5";
    private const int Requests = 20_000;
    private const int Rounds = 5;

    public static async Task RunAsync()
    {
        Console.WriteLine("| accounts | left alone | µs a request (median) | lowest–highest | bytes a request |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var (accounts, coolingPercent) in ((int, int)[])[(3, 0), (100, 0), (1_000, 0), (10_000, 0), (10_000, 10), (10_000, 90)])
        {
            await MeasureAsync(accounts, coolingPercent);
        }
    }

    private static async Task MeasureAsync(int accounts, int coolingPercent)
    {
        await using var redis = new RedisConnection(new ConfigurationBuilder().Build());
        var configs = new DynamicConfigs([new ConcurrencySettings()], NullLogger<DynamicConfigs>.Instance);
        var cooldowns = new Cooldowns(TimeProvider.System);
        using var slots = new ConcurrencySlots(redis, configs, TimeProvider.System, NullLogger<ConcurrencySlots>.Instance);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var scheduler = new Scheduler(cooldowns, slots, configs, TimeProvider.System);
        var cache = new RouteCache(AccountSnapshot.Empty, "", "");
        cache.Add("", Model, Operation.Generate, new ModelRoute(Model, Enumerable.Range(1, accounts).Select(id => new Candidate(Account(id, invoker), Model, 0))));
        for (var id = 1; id <= accounts * coolingPercent / 100; id++)
        {
            cooldowns.Report(id, Model, new Failure(FailureKind.RateLimit, "slow down", RetryAfter: TimeSpan.FromMinutes(20)), 429, TimeProvider.System.GetUtcNow());
        }

        var times = new List<double>();
        var bytes = 0L;
        for (var round = 0; round <= Rounds; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < Requests; i++)
            {
                var route = cache.Find("", Model, Operation.Generate)!;
                (await scheduler.SelectAsync(new SchedulingRequest(Guid.Empty, route), CancellationToken.None)).Lease!.Dispose();
            }

            if (round > 0) // The first one compiles.
            {
                times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / Requests);
                bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / Requests;
            }
        }

        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {accounts:N0} | {coolingPercent} % | {times[Rounds / 2]:0.00} | {times[0]:0.00}–{times[^1]:0.00} | {bytes} |"));
    }

    private static UpstreamAccount Account(long id, HttpMessageInvoker invoker) => new(
        new Account { Id = id, Name = $"a{id}", Platform = Platform.Claude, Priority = 50, Weight = 1 + (int)(id % 3), Enabled = true },
        new LiveCredentials("https://example.com"),
        "https://example.com",
        invoker,
        new AccountLoad(id));
}
