using Gateway.Infrastructure.Redis;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Infrastructure.Redis;

/// <summary>F35: an instance whose clock is wrong counts by the clock that all instances have.</summary>
public sealed class RedisClockTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    [InlineData(40 * 86_400)]
    [InlineData(2)]
    public void A_clock_that_is_wrong_is_set_right_by_what_Redis_says(int aheadSeconds)
    {
        var clock = new FakeTimeProvider(Now.AddSeconds(aheadSeconds));
        var redisClock = new RedisClock(clock);

        redisClock.Note(Now.ToUnixTimeMilliseconds());
        clock.Advance(TimeSpan.FromSeconds(5));

        redisClock.UtcNow.ShouldBe(Now.AddSeconds(5).UtcDateTime);
    }

    [Fact]
    public void A_clock_that_is_right_but_for_a_moment_is_left_alone()
    {
        var clock = new FakeTimeProvider(Now);
        var redisClock = new RedisClock(clock);

        redisClock.Note(Now.AddSeconds(-1.5).ToUnixTimeMilliseconds());

        redisClock.UtcNow.ShouldBe(Now.UtcDateTime);
    }

    [Fact]
    public void A_clock_that_was_set_right_by_others_is_believed_again()
    {
        var clock = new FakeTimeProvider(Now);
        var redisClock = new RedisClock(clock);
        redisClock.Note(Now.AddHours(1).ToUnixTimeMilliseconds());
        clock.SetUtcNow(Now.AddHours(1));

        redisClock.Note(Now.AddHours(1).ToUnixTimeMilliseconds());

        redisClock.UtcNow.ShouldBe(Now.AddHours(1).UtcDateTime);
    }
}
