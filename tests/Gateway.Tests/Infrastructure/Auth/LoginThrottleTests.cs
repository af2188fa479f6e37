using System.Net;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Redis;
using Gateway.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Infrastructure.Auth;

/// <summary>B17: what is counted, on both kinds of Redis.</summary>
public sealed class LoginThrottleTests
{
    private static readonly IPAddress Office = IPAddress.Parse("192.0.2.1");

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task B17_of_guesses_that_come_at_once_a_few_are_looked_at(StorageKind storage)
    {
        using var store = storage == StorageKind.Servers ? TestStorage.Create() : null;
        await using var redis = await ConnectAsync(store);
        var throttle = new LoginThrottle(redis, NullLogger<LoginThrottle>.Instance);

        var attempts = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => throttle.BeginAsync("somebody", Office)));

        // Five are free, the sixth closes for a second: time enough for the rest.
        attempts.Count(attempt => attempt.Wait == TimeSpan.Zero).ShouldBeInRange(6, 8);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task B17_right_passwords_never_close_anything(StorageKind storage)
    {
        using var store = storage == StorageKind.Servers ? TestStorage.Create() : null;
        await using var redis = await ConnectAsync(store);
        var throttle = new LoginThrottle(redis, NullLogger<LoginThrottle>.Instance);

        for (var i = 0; i < 200; i++)
        {
            var attempt = await throttle.BeginAsync("somebody", Office);
            attempt.Wait.ShouldBe(TimeSpan.Zero, $"after {i} log-ins");
            await throttle.SucceededAsync(attempt);
        }
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task B17_a_right_password_excuses_no_guess_at_another_name(StorageKind storage)
    {
        using var store = storage == StorageKind.Servers ? TestStorage.Create() : null;
        await using var redis = await ConnectAsync(store);
        var throttle = new LoginThrottle(redis, NullLogger<LoginThrottle>.Instance);
        var guesses = 0;
        LoginAttempt guess;
        do
        {
            var own = await throttle.BeginAsync("intruder", Office);
            await throttle.SucceededAsync(own);
            guess = await throttle.BeginAsync($"name-{guesses}", Office);
            guesses++;
        }
        while (guess.Wait == TimeSpan.Zero && guesses < 100);

        guesses.ShouldBeLessThan(25);
    }

    [Fact]
    public async Task B17_an_attempt_that_nobody_looked_at_does_not_count()
    {
        await using var redis = await ConnectAsync(null);
        var throttle = new LoginThrottle(redis, NullLogger<LoginThrottle>.Instance);
        for (var i = 0; i < 4; i++)
        {
            await throttle.BeginAsync("somebody", Office);
        }

        for (var i = 0; i < 20; i++)
        {
            await throttle.NotCheckedAsync(await throttle.BeginAsync("somebody", Office));
        }

        (await throttle.BeginAsync("somebody", Office)).Wait.ShouldBe(TimeSpan.Zero);
        (await throttle.BeginAsync("somebody", Office)).Wait.ShouldBe(TimeSpan.Zero, "the one that closes");
        (await throttle.BeginAsync("somebody", Office)).Wait.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    private static async Task<RedisConnection> ConnectAsync(TestStorage? store)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:Redis"] = store?.Redis,
            })
            .Build();
        var redis = new RedisConnection(configuration);
        await redis.ConnectAsync();
        return redis;
    }
}
