using Gateway.Infrastructure;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Scheduling.Concurrency;
using Gateway.Proxy.Tokens;
using Gateway.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Proxy.Scheduling;

/// <summary>Who waits for which account, and who is served first, when all slots are taken.</summary>
public sealed class SchedulerWaitTests : IAsyncLifetime
{
    private const string Model = "claude-sonnet-4-5";

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler());
    private readonly Cooldowns _cooldowns = new(TimeProvider.System);
    private readonly RedisConnection _redis = new(new ConfigurationBuilder().Build());
    private ConcurrencySlots _slots = null!;
    private ConcurrencySlots _elsewhere = null!;
    private Scheduler _scheduler = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _redis.ConnectAsync();
        await Eventually.HoldsAsync(() => Task.FromResult(_redis.IsConnected));
        var configs = new DynamicConfigs([new ConcurrencySettings()], NullLogger<DynamicConfigs>.Instance);
        _slots = new ConcurrencySlots(_redis, configs, TimeProvider.System, NullLogger<ConcurrencySlots>.Instance);
        _elsewhere = new ConcurrencySlots(_redis, configs, TimeProvider.System, NullLogger<ConcurrencySlots>.Instance);
        _scheduler = new Scheduler(_cooldowns, _slots, configs, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _slots.Dispose();
        _elsewhere.Dispose();
        _invoker.Dispose();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_burst_is_shared_out_among_limited_accounts()
    {
        var route = Route(Account(1, 30), Account(2, 30), Account(3, 30));

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => SelectAsync(route)));

        route.Candidates.Select(candidate => candidate.Account.Load.InFlight).ShouldBe([10, 10, 10]);
    }

    [Fact]
    public async Task One_that_waits_gets_any_slot_that_becomes_free_before_one_that_comes_later()
    {
        var route = Route(Account(1, 1), Account(2, 1));
        var leases = new[] { await SelectAsync(route), await SelectAsync(route) };
        var waiting = SelectAsync(route);
        await WaitForQueueAsync(route, 1);
        var queue = await QueueOfAsync(route);

        leases.Single(selection => selection.Lease!.Account.Id != queue).Lease!.Dispose();
        var late = SelectAsync(route);

        (await Task.WhenAny(waiting, late)).ShouldBe(waiting);
        (await waiting).Lease!.Dispose();
        (await late).Lease.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_slot_that_was_waited_for_is_held_until_it_is_given_back()
    {
        var route = Route(Account(1, 1), Account(2, 1));
        var leases = new[] { await SelectAsync(route), await SelectAsync(route) };
        var waiting = Enumerable.Range(0, 6).Select(_ => SelectAsync(route)).ToList();
        await WaitForQueueAsync(route, 6);
        foreach (var selection in leases)
        {
            selection.Lease!.Dispose();
        }

        while (waiting.Count > 0)
        {
            var next = await Task.WhenAny(waiting);
            waiting.Remove(next);
            var account = (await next).Lease!.Account;
            (await _redis.Database.SortedSetLengthAsync(account.Load.Slots.Slots)).ShouldBe(1);
            (await next).Lease!.Dispose();
        }
    }

    [Fact]
    public async Task Those_that_wait_are_spread_over_the_queues()
    {
        var route = Route([.. Enumerable.Range(1, 5).Select(id => Account(id, 1))]);
        var leases = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SelectAsync(route)));

        var waiting = Enumerable.Range(0, 150).Select(_ => SelectAsync(route)).ToList();

        await WaitForQueueAsync(route, 150);
        waiting.ShouldAllBe(selection => !selection.IsCompleted);
        foreach (var candidate in route.Candidates)
        {
            (await LengthAsync(candidate.Account)).ShouldBe(30);
        }

        leases.ShouldAllBe(selection => selection.Lease != null);
    }

    [Fact]
    public async Task A_request_waits_for_the_model_that_its_alias_prefers()
    {
        var (first, second) = (Account(1, 2), Account(2, 1));
        var route = new ModelRoute("smart", [new Candidate(first, Model, 0), new Candidate(second, "claude-haiku-4-5", 1)]);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SelectAsync(route)));

        _ = SelectAsync(route);

        await Eventually.HoldsAsync(async () => await LengthAsync(first) == 1);
    }

    [Fact]
    public async Task AC_37_a_session_waits_for_its_own_account_when_all_are_full()
    {
        var route = Route(Account(1, 1), Account(2, 1));
        await Task.WhenAll(SelectAsync(route), SelectAsync(route));

        _ = _scheduler.SelectAsync(new SchedulingRequest(Guid.NewGuid(), route) { BoundAccountId = 2 }, Cancel).AsTask();

        await Eventually.HoldsAsync(async () => await LengthAsync(route.Candidates[1].Account) == 1);
    }

    [Fact]
    public async Task A_healthy_account_that_is_full_for_a_moment_is_better_than_one_in_trouble()
    {
        var route = Route(Account(1, 1), Account(2), Account(3));
        _cooldowns.Report(2, Model, new Failure(FailureKind.Overloaded, "x"), 529, DateTimeOffset.UtcNow);
        _cooldowns.Report(3, Model, new Failure(FailureKind.Overloaded, "x"), 529, DateTimeOffset.UtcNow);
        var held = await SelectAsync(route);

        var waiting = SelectAsync(route);
        await WaitForQueueAsync(route, 1);
        held.Lease!.Dispose();

        held.Lease.Account.Id.ShouldBe(1);
        (await waiting).Lease!.Account.Id.ShouldBe(1);
    }

    [Fact]
    public async Task With_thousands_of_accounts_that_other_instances_fill_a_request_notices_that_its_client_has_left()
    {
        var route = Route([.. Enumerable.Range(1, 3000).Select(id => Account(id, 1))]);
        await Task.WhenAll(route.Candidates.Select(candidate => _elsewhere.TryTakeAsync(new SlotPool(RedisKeys.AccountSlots(candidate.Account.Id)), Guid.NewGuid(), 1).AsTask()));
        using var leaving = new CancellationTokenSource();

        var selecting = _scheduler.SelectAsync(new SchedulingRequest(Guid.NewGuid(), route), leaving.Token).AsTask();
        await WaitForQueueAsync(route, 1);
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => selecting);
        await Eventually.HoldsAsync(async () => await TotalAsync(route) == 0);
    }

    [Fact]
    public async Task Requests_of_one_model_do_not_take_an_account_from_another_model()
    {
        var shared = Account(1);
        var route = Route(shared, Account(2), Account(3));
        for (var i = 0; i < 10_000; i++)
        {
            (await SelectAsync(Route(shared))).Lease!.Dispose();
        }

        var served = 0;
        for (var i = 0; i < 3000; i++)
        {
            using var lease = (await SelectAsync(route)).Lease!;
            served += lease.Account.Id == 1 ? 1 : 0;
        }

        served.ShouldBeInRange(950, 1050);
    }

    private async Task WaitForQueueAsync(ModelRoute route, int length) => await Eventually.HoldsAsync(async () => await TotalAsync(route) == length);

    private async Task<long> TotalAsync(ModelRoute route) => (await Task.WhenAll(route.Candidates.Select(candidate => LengthAsync(candidate.Account)))).Sum();

    private async Task<long> QueueOfAsync(ModelRoute route)
    {
        foreach (var candidate in route.Candidates)
        {
            if (await LengthAsync(candidate.Account) > 0)
            {
                return candidate.Account.Id;
            }
        }

        return 0;
    }

    private Task<long> LengthAsync(UpstreamAccount account) => _redis.Database.SortedSetLengthAsync(account.Load.Slots.Keys[1]);

    private static ModelRoute Route(params UpstreamAccount[] accounts) => new("m", [.. accounts.Select(account => new Candidate(account, Model, 0))]);

    private Task<Selection> SelectAsync(ModelRoute route) => _scheduler.SelectAsync(new SchedulingRequest(Guid.NewGuid(), route), Cancel).AsTask();

    private UpstreamAccount Account(long id, int? maxConcurrency = null) => new(
        new Account { Id = id, Name = $"a{id}", Platform = Platform.Claude, Weight = 1, MaxConcurrency = maxConcurrency, Enabled = true },
        new LiveCredentials("https://example.com"),
        "https://example.com",
        _invoker,
        new AccountLoad(id));
}
