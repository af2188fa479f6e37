using Gateway.Infrastructure;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Scheduling.Concurrency;
using Gateway.Proxy.Tokens;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Proxy.Scheduling;

/// <summary>Which account a request gets.</summary>
public sealed class SchedulerTests : IAsyncDisposable
{
    private const string Model = "claude-sonnet-4-5";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler());
    private readonly Cooldowns _cooldowns;
    private readonly ConcurrencySlots _slots;
    private readonly RedisConnection _redis = new(new ConfigurationBuilder().Build()); // Never connected: the scheduler goes by what it knows itself.
    private readonly Scheduler _scheduler;

    public SchedulerTests()
    {
        _cooldowns = new Cooldowns(_clock);
        var configs = new DynamicConfigs([new ConcurrencySettings()], NullLogger<DynamicConfigs>.Instance);
        _slots = new ConcurrencySlots(_redis, configs, _clock, NullLogger<ConcurrencySlots>.Instance);
        _scheduler = new Scheduler(_cooldowns, _slots, configs, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _slots.Dispose();
        _invoker.Dispose();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Requests_one_after_the_other_are_shared_out_by_weight()
    {
        var route = Route(Account(1, weight: 1), Account(2, weight: 3), Account(3, weight: 6));

        var counts = await CountAsync(route, 1000);

        counts.ShouldBe(new Dictionary<long, int> { [1] = 100, [2] = 300, [3] = 600 }, ignoreOrder: true);
    }

    [Fact]
    public async Task Requests_at_the_same_time_load_accounts_by_weight()
    {
        var route = Route(Account(1, weight: 1), Account(2, weight: 3));
        for (var i = 0; i < 400; i++)
        {
            (await SelectAsync(route)).ShouldNotBeNull();
        }

        route.Candidates.Select(candidate => candidate.Account.Load.InFlight).ShouldBe([100, 300]);
    }

    [Fact]
    public async Task An_account_that_was_away_does_not_make_up_for_it()
    {
        var route = Route(Account(1), Account(2));
        _cooldowns.Report(2, Model, Limit(60), 429, _clock.GetUtcNow());
        await CountAsync(route, 500);
        _clock.Advance(TimeSpan.FromMinutes(2));
        using (var probe = await SelectAsync(Route(route.Candidates[1].Account)))
        {
            _cooldowns.Report(2, Model, null, 200, probe!.TakenAt);
        }

        var counts = await CountAsync(route, 100);

        counts[1].ShouldBeInRange(48, 52);
    }

    [Fact]
    public async Task Priority_comes_first_and_the_next_one_only_when_there_is_no_other()
    {
        var route = Route(Account(1, priority: 10), Account(2, priority: 20), Account(3, priority: 20, enabled: false));

        (await CountAsync(route, 10)).Keys.Single().ShouldBe(1);
        _cooldowns.Report(1, Model, Trouble(), 529, _clock.GetUtcNow());
        (await CountAsync(route, 10)).Keys.Single().ShouldBe(2);
    }

    [Fact]
    public async Task AC_07_the_last_account_is_tried_whatever_trouble_its_platform_has()
    {
        var route = Route(Account(1), Account(2));
        _cooldowns.Report(1, Model, Trouble(), 529, _clock.GetUtcNow());
        _cooldowns.Report(2, Model, Limit(600), 429, _clock.GetUtcNow());

        (await CountAsync(route, 5)).ShouldBe(new Dictionary<long, int> { [1] = 5 });
    }

    [Fact]
    public async Task AC_45_when_all_are_limited_the_client_is_told_when_the_first_comes_back()
    {
        var route = Route(Account(1), Account(2));
        _cooldowns.Report(1, Model, Limit(600), 429, _clock.GetUtcNow());
        _cooldowns.Report(2, Model, Limit(90), 429, _clock.GetUtcNow());

        var limited = await RefusedAsync(route);
        _cooldowns.Report(1, Model, new Failure(FailureKind.AuthAccount, "x"), 401, _clock.GetUtcNow());
        var refused = await RefusedAsync(route);

        limited.Kind.ShouldBe(FailureKind.RateLimit);
        limited.RetryAfter!.Value.TotalSeconds.ShouldBe(90, tolerance: 1);
        refused.Kind.ShouldBe(FailureKind.NoAccount);
        refused.RetryAfter!.Value.TotalSeconds.ShouldBe(90, tolerance: 1);
        refused.Message.ShouldNotContain("account 1");
    }

    [Fact]
    public async Task AC_11_another_model_of_the_account_is_served_on()
    {
        var account = Account(1);
        _cooldowns.Report(1, Model, Limit(600), 429, _clock.GetUtcNow());

        (await SelectAsync(Route(account))).ShouldBeNull();
        (await SelectAsync(new ModelRoute("m", [new Candidate(account, "claude-opus-4-8", 0)]))).ShouldNotBeNull();
    }

    [Fact]
    public async Task When_a_pause_is_over_one_request_tries_and_its_success_lets_all_in()
    {
        var route = Route(Account(1, priority: 1), Account(2, priority: 2));
        _cooldowns.Report(1, Model, Trouble(), 529, _clock.GetUtcNow());
        _clock.Advance(TimeSpan.FromSeconds(20));

        var probe = await SelectAsync(route);
        var meanwhile = await CountAsync(route, 5);
        _cooldowns.Report(1, Model, null, 200, probe!.TakenAt);
        var after = await CountAsync(route, 5);

        probe.Account.Id.ShouldBe(1);
        meanwhile.Keys.Single().ShouldBe(2);
        after.Keys.Single().ShouldBe(1);
    }

    [Fact]
    public async Task A_try_that_fails_makes_the_pause_longer_and_one_that_ends_otherwise_leaves_the_next_try_free()
    {
        var route = Route(Account(1, priority: 1), Account(2, priority: 2));
        _cooldowns.Report(1, Model, Trouble(), 529, _clock.GetUtcNow());
        _clock.Advance(TimeSpan.FromSeconds(20));
        var left = await SelectAsync(route);
        _cooldowns.Report(1, Model, new Failure(FailureKind.ClientGone, "x"), 200, left!.TakenAt);
        var failed = await SelectAsync(route);
        _cooldowns.Report(1, Model, Trouble(), 529, failed!.TakenAt);
        _clock.Advance(TimeSpan.FromSeconds(20));

        failed.Account.Id.ShouldBe(1);
        (await CountAsync(route, 3)).Keys.Single().ShouldBe(2, "the second pause lasts for about 30 s");
    }

    [Fact]
    public void A_success_of_a_request_that_began_before_a_failure_proves_nothing()
    {
        var began = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(1));
        _cooldowns.Report(1, Model, Limit(600), 429, began);
        _cooldowns.Report(1, Model, null, 200, began);

        _cooldowns.Of(1, Model, out var reason).ShouldBe(AccountReadiness.Away);
        reason!.Evidence.ShouldBe("slow down");
        _clock.Advance(TimeSpan.FromSeconds(1));
        _cooldowns.Report(1, Model, null, 200, _clock.GetUtcNow()); // AC-09: the reset came earlier than told.
        _cooldowns.Of(1, Model, out _).ShouldBe(AccountReadiness.Ready);
    }

    [Fact]
    public void AC_10_one_recovery_forgets_all_marks_of_an_account_and_no_others()
    {
        _cooldowns.Report(1, Model, Limit(600), 429, _clock.GetUtcNow());
        _cooldowns.Report(1, "other", new Failure(FailureKind.AuthAccount, "x"), 401, _clock.GetUtcNow());
        _cooldowns.Report(2, Model, Limit(600), 429, _clock.GetUtcNow());

        _cooldowns.Recover(1);

        _cooldowns.All.Select(mark => mark.AccountId).ShouldBe([2L]);
    }

    [Fact]
    public void Marks_are_bounded_whatever_names_clients_think_of()
    {
        for (var i = 0; i < 30_000; i++)
        {
            _cooldowns.Report(1, $"model-{i}", new Failure(FailureKind.ModelNotFound, "x"), 404, _clock.GetUtcNow());
        }

        _cooldowns.All.Count().ShouldBe(10_000);
        _cooldowns.Changes.TryRead(out _).ShouldBeFalse("that a model does not exist is no news");
        _cooldowns.Report(1, Model, Limit(60), 429, _clock.GetUtcNow());
        _cooldowns.Of(1, Model, out _).ShouldBe(AccountReadiness.Away);
        _clock.Advance(TimeSpan.FromHours(2));
        _cooldowns.Prune();
        _cooldowns.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Thousands_of_accounts_are_shared_out_by_weight_too()
    {
        var route = Route([.. Enumerable.Range(1, 1000).Select(id => Account(id, weight: 1 + (id % 3)))]);

        var counts = await CountAsync(route, 20_000);

        counts.Count.ShouldBe(1000);
        foreach (var weight in (int[])[1, 2, 3])
        {
            counts.Where(pair => 1 + (pair.Key % 3) == weight).Average(pair => pair.Value).ShouldBe(10.0 * weight, tolerance: 0.5 * weight);
        }
    }

    [Fact]
    public async Task The_only_one_of_thousands_that_can_be_had_is_found()
    {
        var route = Route([.. Enumerable.Range(1, 1000).Select(id => Account(id))]);
        await CountAsync(route, 500);
        for (var id = 1; id <= 1000; id++)
        {
            if (id != 777)
            {
                _cooldowns.Report(id, Model, Limit(600), 429, _clock.GetUtcNow());
            }
        }

        (await CountAsync(route, 100)).ShouldBe(new Dictionary<long, int> { [777] = 100 });
    }

    [Theory]
    [InlineData(false, 33)]
    [InlineData(true, 3)]
    public async Task AC_38_a_session_leaves_an_account_that_has_far_more_to_do_than_others_and_a_guessed_one_sooner(bool isGuess, int count)
    {
        var route = Route(Account(1, priority: 20), Account(2, priority: 10));
        var held = new List<AccountLease>();

        AccountLease next;
        do
        {
            next = (await _scheduler.SelectAsync(new SchedulingRequest(Guid.NewGuid(), route) { BoundAccountId = 1, IsGuess = isGuess }, TestContext.Current.CancellationToken)).Lease!;
            held.Add(next);
        }
        while (next.Account.Id == 1);

        held.Count.ShouldBe(count);
        next.Binds.ShouldBeTrue();
        held[0].ChosenBy.ShouldBe(ChosenBy.Session);
        held[0].Binds.ShouldBeFalse("it is bound already");
    }

    [Fact]
    public async Task AC_12_a_session_goes_elsewhere_while_its_account_is_away_and_moves_only_if_that_takes_long()
    {
        var route = Route(Account(1), Account(2));
        _cooldowns.Report(1, Model, Limit(30), 429, _clock.GetUtcNow());
        using var meanwhile = await BoundAsync(1);
        _cooldowns.Report(1, Model, Limit(600), 429, _clock.GetUtcNow());
        using var moved = await BoundAsync(1);

        (meanwhile.Account.Id, meanwhile.Binds).ShouldBe((2, false));
        (moved.Account.Id, moved.Binds).ShouldBe((2, true));

        async Task<AccountLease> BoundAsync(long accountId) =>
            (await _scheduler.SelectAsync(new SchedulingRequest(Guid.NewGuid(), route) { BoundAccountId = accountId }, TestContext.Current.CancellationToken)).Lease!;
    }

    [Fact]
    public async Task A_session_does_not_keep_a_request_from_the_model_that_its_alias_prefers()
    {
        var route = new ModelRoute("smart", [new Candidate(Account(1), Model, 0), new Candidate(Account(2), "claude-opus-4-8", 1)]);

        using var lease = (await _scheduler.SelectAsync(new SchedulingRequest(Guid.NewGuid(), route) { BoundAccountId = 2 }, TestContext.Current.CancellationToken)).Lease!;

        lease.Account.Id.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_account_is_passed_over_and_free_again_after_its_request()
    {
        var route = Route(Account(1, priority: 1, maxConcurrency: 1), Account(2, priority: 2));
        var first = await SelectAsync(route);

        (await SelectAsync(route))!.Account.Id.ShouldBe(2);
        first!.Dispose();
        first.Dispose();
        (await SelectAsync(route))!.Account.Id.ShouldBe(1);
        route.Candidates[0].Account.Load.InFlight.ShouldBe(1);
    }

    private static Failure Limit(double seconds) => new(FailureKind.RateLimit, "slow down", RetryAfter: TimeSpan.FromSeconds(seconds));

    private static Failure Trouble() => new(FailureKind.Overloaded, "busy");

    private static ModelRoute Route(params UpstreamAccount[] accounts) => new("m", [.. accounts.Select(account => new Candidate(account, Model, 0))]);

    private async Task<AccountLease?> SelectAsync(ModelRoute route) =>
        (await _scheduler.SelectAsync(new SchedulingRequest(Guid.NewGuid(), route), TestContext.Current.CancellationToken)).Lease;

    private async Task<Failure> RefusedAsync(ModelRoute route) =>
        (await _scheduler.SelectAsync(new SchedulingRequest(Guid.NewGuid(), route), TestContext.Current.CancellationToken)).Failure!;

    private async Task<Dictionary<long, int>> CountAsync(ModelRoute route, int requests)
    {
        var counts = new Dictionary<long, int>();
        for (var i = 0; i < requests; i++)
        {
            using var lease = await SelectAsync(route);
            counts[lease!.Account.Id] = counts.GetValueOrDefault(lease.Account.Id) + 1;
        }

        return counts;
    }

    private UpstreamAccount Account(long id, int priority = 50, int weight = 1, int? maxConcurrency = null, bool enabled = true) => new(
        new Account { Id = id, Name = $"a{id}", Platform = Platform.Claude, Priority = priority, Weight = weight, MaxConcurrency = maxConcurrency, Enabled = enabled },
        new LiveCredentials("https://example.com"),
        "https://example.com",
        _invoker,
        new AccountLoad(id));
}
