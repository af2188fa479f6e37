using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Proxy.Scheduling;

/// <summary>AC-10: what an operator has recovered stays so, though requests that were under way by then still fail.</summary>
public sealed class RecoveryRaceTests
{
    private const long Account = 7;
    private const string Family = "claude-sonnet";

    private static readonly Failure Refused = new(FailureKind.AuthAccount, "Invalid key.");

    [Fact]
    public void An_attempt_that_began_before_the_recovery_leaves_no_mark()
    {
        var cooldowns = new Cooldowns(TimeProvider.System);
        var began = DateTimeOffset.UtcNow;
        cooldowns.Report(Account, Family, Refused, 401, began);
        cooldowns.Recover(Account);

        cooldowns.Report(Account, Family, Refused, 401, began);

        cooldowns.Of(Account, Family, out _).ShouldBe(AccountReadiness.Ready);
    }

    [Fact]
    public void An_attempt_that_began_after_the_recovery_leaves_one()
    {
        var cooldowns = new Cooldowns(TimeProvider.System);
        cooldowns.Recover(Account);

        cooldowns.Report(Account, Family, Refused, 401, DateTimeOffset.UtcNow.AddSeconds(5));

        cooldowns.Of(Account, Family, out _).ShouldBe(AccountReadiness.Away);
    }

    [Fact]
    public async Task An_instance_that_has_not_heard_of_the_recovery_does_not_bring_the_mark_back()
    {
        await using var redis = new RedisConnection(new ConfigurationBuilder().Build());
        await redis.ConnectAsync();
        var recovering = new Cooldowns(TimeProvider.System);
        var late = new Cooldowns(TimeProvider.System);
        using var sharingOfRecovering = Share(recovering, redis);
        using var sharingOfLate = Share(late, redis);
        var began = DateTimeOffset.UtcNow;
        recovering.Report(Account, Family, Refused, 401, began);
        await sharingOfRecovering.FlushAsync(TestContext.Current.CancellationToken);
        recovering.Recover(Account);
        await sharingOfRecovering.FlushAsync(TestContext.Current.CancellationToken);

        late.Report(Account, Family, Refused, 401, began);
        await sharingOfLate.FlushAsync(TestContext.Current.CancellationToken);
        await sharingOfRecovering.FlushAsync(TestContext.Current.CancellationToken);

        late.Of(Account, Family, out _).ShouldBe(AccountReadiness.Ready);
        recovering.Of(Account, Family, out _).ShouldBe(AccountReadiness.Ready);
    }

    [Fact]
    public async Task A_mark_that_was_shared_before_the_recovery_ends_on_every_instance()
    {
        await using var redis = new RedisConnection(new ConfigurationBuilder().Build());
        await redis.ConnectAsync();
        var one = new Cooldowns(TimeProvider.System);
        var other = new Cooldowns(TimeProvider.System);
        using var sharingOfOne = Share(one, redis);
        using var sharingOfOther = Share(other, redis);
        one.Report(Account, Family, Refused, 401, DateTimeOffset.UtcNow);
        await sharingOfOne.FlushAsync(TestContext.Current.CancellationToken);
        await sharingOfOther.FlushAsync(TestContext.Current.CancellationToken);
        other.Of(Account, Family, out _).ShouldBe(AccountReadiness.Away);

        other.Recover(Account);
        await sharingOfOther.FlushAsync(TestContext.Current.CancellationToken);
        await sharingOfOne.FlushAsync(TestContext.Current.CancellationToken);

        one.Of(Account, Family, out _).ShouldBe(AccountReadiness.Ready);
        other.Of(Account, Family, out _).ShouldBe(AccountReadiness.Ready);
    }

    /// <summary>Without a database, which sharing can do without.</summary>
    private static CooldownSharing Share(Cooldowns cooldowns, RedisConnection redis) =>
        new(cooldowns, redis, new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>(), TimeProvider.System, NullLogger<CooldownSharing>.Instance);
}
