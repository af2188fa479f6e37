using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Scheduling.Concurrency;
using Gateway.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Proxy.Scheduling.Concurrency;

/// <summary>Slots as leases, given out by Garnet.</summary>
public class ConcurrencySlotsTests : IAsyncLifetime
{
    private readonly List<ConcurrencySlots> _instances = [];
    private readonly string _name = $"gw:{{a{Random.Shared.Next()}}}:slots";
    private RedisConnection _redis = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected virtual RedisConnection Connection() => new(new ConfigurationBuilder().Build());

    public virtual async ValueTask InitializeAsync()
    {
        _redis = Connection();
        await _redis.ConnectAsync();
        await Eventually.HoldsAsync(() => Task.FromResult(_redis.IsConnected));
    }

    public virtual async ValueTask DisposeAsync()
    {
        _instances.ForEach(instance => instance.Dispose());
        await _redis.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task There_are_no_more_slots_than_all_instances_may_have_together()
    {
        var (here, there) = (Instance(), Instance());
        var (pool, poolThere) = (Pool(), Pool());

        (await here.TryTakeAsync(pool, Id(1), 2)).ShouldBeTrue();
        (await there.TryTakeAsync(poolThere, Id(2), 2)).ShouldBeTrue();
        (await here.TryTakeAsync(pool, Id(3), 2)).ShouldBeFalse();
        there.Release(poolThere, Id(2));
        there.Release(poolThere, Id(2));
        (await here.TryTakeAsync(pool, Id(3), 2)).ShouldBeTrue();
        (await there.TryTakeAsync(poolThere, Id(4), 2)).ShouldBeFalse("freed twice is freed once");
        (await HeldAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task Those_that_wait_are_served_in_their_order_whichever_instance_they_wait_at_and_nobody_overtakes_them()
    {
        var (here, there) = (Instance(), Instance());
        var (pool, poolThere) = (Pool(), Pool());
        await here.TryTakeAsync(pool, Id(1), 1);
        using var first = there.Queue(poolThere, Id(2), 1)!;
        (await first.AskAsync()).ShouldBe(SlotAnswer.Waiting);
        using var second = here.Queue(pool, Id(3), 1)!;
        (await second.AskAsync()).ShouldBe(SlotAnswer.Waiting);

        here.Release(pool, Id(1));
        (await here.TryTakeAsync(pool, Id(4), 1)).ShouldBeFalse();
        (await second.AskAsync()).ShouldBe(SlotAnswer.Waiting);
        (await first.AskAsync()).ShouldBe(SlotAnswer.Taken);
        there.Release(poolThere, Id(2));
        (await second.AskAsync()).ShouldBe(SlotAnswer.Taken);
    }

    [Fact]
    public async Task A_release_wakes_the_one_that_has_waited_longest_here()
    {
        var slots = Instance();
        var pool = Pool();
        await slots.TryTakeAsync(pool, Id(1), 1);
        using var place = slots.Queue(pool, Id(2), 1)!;
        await place.AskAsync();
        var woken = place.WaitAsync(Cancel);

        slots.Release(pool, Id(1));
        await woken;

        (await place.AskAsync()).ShouldBe(SlotAnswer.Taken);
    }

    [Fact]
    public async Task A_place_that_is_given_up_lets_the_next_one_move_up()
    {
        var slots = Instance();
        var pool = Pool();
        await slots.TryTakeAsync(pool, Id(1), 1);
        var first = slots.Queue(pool, Id(2), 1)!;
        await first.AskAsync();
        using var second = slots.Queue(pool, Id(3), 1)!;
        await second.AskAsync();

        first.Dispose();
        slots.Release(pool, Id(1));

        (await second.AskAsync()).ShouldBe(SlotAnswer.Taken);
    }

    [Fact]
    public async Task A_queue_has_an_end()
    {
        var longest = ConcurrencySettings.QueueLength.DefaultValue;
        var (here, there) = (Instance(), Instance());
        var (pool, poolThere) = (Pool(), Pool());
        await here.TryTakeAsync(pool, Id(0), 1);
        for (var i = 1; i <= longest; i++)
        {
            (await here.Queue(pool, Id(i), 1)!.AskAsync()).ShouldBe(SlotAnswer.Waiting);
        }

        here.Queue(pool, Id(longest + 1), 1).ShouldBeNull();
        using var elsewhere = there.Queue(poolThere, Id(longest + 2), 1)!;
        (await elsewhere.AskAsync()).ShouldBe(SlotAnswer.QueueFull);
    }

    [Fact]
    public async Task AC_35_leases_of_a_process_that_died_end_by_themselves_and_so_do_its_places_in_the_queue()
    {
        var slots = Instance();
        var pool = Pool();
        var longAgo = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds();
        await _redis.Database.SortedSetAddAsync(pool.Keys[0], "died", longAgo);
        await _redis.Database.SortedSetAddAsync(pool.Keys[1], "waited", longAgo);
        await _redis.Database.SortedSetAddAsync(pool.Keys[2], "waited", longAgo);

        (await slots.TryTakeAsync(pool, Id(1), 1)).ShouldBeTrue();
        (await _redis.Database.SortedSetLengthAsync(pool.Keys[1])).ShouldBe(0);
        (await _redis.Database.SortedSetLengthAsync(pool.Keys[2])).ShouldBe(0);
    }

    [Fact]
    public async Task AC_35_a_lease_lives_on_as_long_as_its_request_and_is_taken_anew_where_Redis_lost_it()
    {
        var slots = Instance();
        var pool = Pool();
        await slots.TryTakeAsync(pool, Id(1), 1);
        await slots.TryTakeAsync(pool, Id(2), 2);
        var ends = await _redis.Database.SortedSetScoreAsync(pool.Slots, Id(1).ToString("N"));
        await _redis.Database.SortedSetAddAsync(pool.Slots, Id(1).ToString("N"), ends!.Value - 20_000);
        await _redis.Database.SortedSetRemoveAsync(pool.Slots, Id(2).ToString("N"));

        await slots.RenewAsync();

        (await _redis.Database.SortedSetScoreAsync(pool.Slots, Id(1).ToString("N"))).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(ends.Value);
        (await HeldAsync()).ShouldBe(2);
        slots.Release(pool, Id(1));
        slots.Release(pool, Id(2));
        await slots.RenewAsync();
        (await HeldAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_question_that_is_asked_again_since_its_answer_was_lost_gets_the_same_slot()
    {
        var slots = Instance();

        (await slots.TryTakeAsync(Pool(), Id(1), 1)).ShouldBeTrue();
        (await slots.TryTakeAsync(Pool(), Id(1), 1)).ShouldBeTrue();

        (await HeldAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Many_at_once_on_several_instances_never_have_more_slots_than_there_are()
    {
        const int Most = 5;
        var underWay = 0;
        var peak = 0;
        var pools = Enumerable.Range(0, 3).Select(_ => Pool()).ToList();
        var instances = pools.ConvertAll(_ => Instance());

        await Task.WhenAll(Enumerable.Range(0, 90).Select(async i =>
        {
            var (slots, pool) = (instances[i % 3], pools[i % 3]);
            using var place = slots.Queue(pool, Id(i), Most)!;
            while (await place.AskAsync() != SlotAnswer.Taken)
            {
                await place.WaitAsync(Cancel);
            }

            var now = Interlocked.Increment(ref underWay);
            InterlockedMax(ref peak, now);
            await Task.Yield();
            Interlocked.Decrement(ref underWay);
            slots.Release(pool, Id(i));
        }));

        peak.ShouldBeLessThanOrEqualTo(Most);
        (await HeldAsync()).ShouldBe(0);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var known = target; value > known; known = target)
        {
            Interlocked.CompareExchange(ref target, value, known);
        }
    }

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    private Task<long> HeldAsync() => _redis.Database.SortedSetLengthAsync(_name);

    private SlotPool Pool() => new(_name);

    private ConcurrencySlots Instance()
    {
        var configs = new DynamicConfigs([new ConcurrencySettings()], NullLogger<DynamicConfigs>.Instance);
        var instance = new ConcurrencySlots(_redis, configs, TimeProvider.System, NullLogger<ConcurrencySlots>.Instance);
        _instances.Add(instance);
        return instance;
    }
}

/// <summary>The same, given out by Redis.</summary>
public sealed class ConcurrencySlotsOnRedisTests : ConcurrencySlotsTests
{
    private TestStorage? _store;

    private protected override RedisConnection Connection()
    {
        _store = TestStorage.Create();
        return new RedisConnection(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Redis", _store.Redis)]).Build());
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _store?.Dispose();
    }
}
