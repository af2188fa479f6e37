using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Errors;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Jobs;
using Gateway.Infrastructure.Redis;
using Gateway.Tests.Support;
using Medallion.Threading.Redis;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Infrastructure.Jobs;

public sealed class JobRunnerTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task F11_a_task_runs_while_Redis_cannot_tell_whose_turn_it_is()
    {
        var task = new Counting();
        await using var redis = new RedisConnection(Redis("127.0.0.1:9,connectTimeout=100,connectRetry=0"));
        await redis.ConnectAsync();

        await RunAsync(task, redis, () => task.Runs >= 1);
    }

    [Fact]
    public async Task A_task_that_is_due_early_does_not_wait_for_its_interval()
    {
        var task = new Counting { Interval = TimeSpan.FromDays(1), RunsOnEveryInstance = true, IsDueEarly = true };
        await using var redis = new RedisConnection(Redis(null));
        var start = _clock.GetUtcNow();

        await RunAsync(task, redis, () => task.Runs >= 2);

        (_clock.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(20));
        (_clock.GetUtcNow() - start).ShouldBeLessThan(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Only_a_task_that_every_instance_has_to_run_does_not_wait_for_its_turn()
    {
        var (everywhere, inTurn) = (new Counting { RunsOnEveryInstance = true }, new Counting());
        await using var redis = new RedisConnection(Redis(null));
        await redis.ConnectAsync();
        var other = new RedisDistributedLock(RedisKeys.Lock(inTurn.Name), redis.Database);

        await using (await other.AcquireAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            await RunAsync(everywhere, redis, () => everywhere.Runs >= 3);
            await RunAsync(inTurn, redis, () => redis.IsConnected && inTurn.Tries >= 3);
            inTurn.Runs.ShouldBe(0);
        }

        await RunAsync(inTurn, redis, () => inTurn.Runs >= 1);
    }

    private static IConfiguration Redis(string? connection) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Redis"] = connection }).Build();

    private async Task RunAsync(IScheduledTask task, RedisConnection redis, Func<bool> done)
    {
        await using var services = new ServiceCollection()
            .AddHttpContextAccessor()
            .AddScoped<CurrentUser>()
            .AddScoped<IMediator>(provider => new Mediator(provider.GetRequiredService))
            .BuildServiceProvider();
        var readiness = new Readiness();
        readiness.MarkStarted();
        using var runner = new JobRunner(
            [task], services.GetRequiredService<IServiceScopeFactory>(), new DynamicConfigs([], NullLogger<DynamicConfigs>.Instance), redis, readiness, _clock, NullLogger<JobRunner>.Instance);
        await runner.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return done();
        });
        await runner.StopAsync(CancellationToken.None);
    }

    private sealed class Counting : IScheduledTask
    {
        private int _runs;
        private int _tries;

        public int Runs => Volatile.Read(ref _runs);

        /// <summary>How often it was found to be due.</summary>
        public int Tries => Volatile.Read(ref _tries);

        public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

        public bool RunsOnEveryInstance { get; init; }

        public bool IsDueEarly { get; init; }

        public string Name => "counting";

        TimeSpan IScheduledTask.Interval(DynamicConfigs configs)
        {
            Interlocked.Increment(ref _tries);
            return Interval;
        }

        public Task<GatewayError?> RunAsync(IMediator mediator, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            return Task.FromResult<GatewayError?>(null);
        }
    }
}
