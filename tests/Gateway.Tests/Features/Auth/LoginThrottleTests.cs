using System.Diagnostics;
using System.Net.Http.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Auth;

/// <summary>B17: guessing passwords. A thousand guesses at once beside other tests take Redis its time limit, and without Redis nothing is throttled.</summary>
[Collection(nameof(RunsAlone))]
public sealed class LoginThrottleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task B17_wrong_passwords_are_slowed_down_and_the_right_one_works_after_the_wait(StorageKind storage)
    {
        await using var gateway = await GatewayServer.StartAsync(storage);
        using var client = gateway.CreateClient();
        TimeSpan? wait = null;
        for (var i = 0; i < 12 && wait is null; i++)
        {
            using var response = await LogInAsync(client, "admin", "a wrong password");
            wait = (int)response.StatusCode == 429 ? response.Headers.RetryAfter!.Delta : null;
        }

        wait.ShouldNotBeNull();
        wait.Value.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(4));
        using (var tooSoon = await LogInAsync(client, "admin", GatewayServer.AdminPassword))
        {
            await tooSoon.ErrorAsync(429);
        }

        await Eventually.HoldsAsync(async () =>
        {
            using var response = await LogInAsync(client, "admin", GatewayServer.AdminPassword);
            return response.IsSuccessStatusCode;
        });
    }

    [Fact]
    public async Task B17_guesses_spread_over_many_names_are_slowed_down_too()
    {
        await using var gateway = await GatewayServer.StartAsync();
        using var client = gateway.CreateClient();
        var throttled = false;
        for (var i = 0; i < 30 && !throttled; i++)
        {
            using var response = await LogInAsync(client, $"name-{i}", "a wrong password");
            throttled = (int)response.StatusCode == 429;
        }

        throttled.ShouldBeTrue();
    }

    [Fact]
    public async Task B17_a_thousand_guesses_at_once_get_no_more_looks_than_one_after_the_other()
    {
        await using var gateway = await GatewayServer.StartAsync();
        using var client = gateway.CreateClient();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            using var response = await LogInAsync(client, "admin", $"a wrong password {i}");
            return (int)response.StatusCode;
        }));

        statuses.Count(status => status == 401).ShouldBeInRange(1, 10);
        statuses.ShouldAllBe(status => status == 401 || status == 429);
        await Eventually.HoldsAsync(async () =>
        {
            using var response = await LogInAsync(client, "admin", GatewayServer.AdminPassword);
            return response.IsSuccessStatusCode;
        });
    }

    // The figure of the fault list, 5 ms, needs a quiet machine. What would tell names apart is an answer without a hash: some 200 times as fast.
    [Fact]
    public async Task B17_an_unknown_name_takes_as_long_as_a_wrong_password()
    {
        await using var gateway = await GatewayServer.StartAsync();
        using var admin = await gateway.CreateAdminClientAsync();
        using var client = gateway.CreateClient();
        var known = new List<TimeSpan>();
        var unknown = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            var user = await admin.CreateUserAsync();
            known.Add(await TimeAsync(client, user.GetProperty("username").GetString()!));
            unknown.Add(await TimeAsync(client, $"nobody-{i}"));
        }

        Median(unknown).ShouldBeGreaterThan(Median(known) / 3);
        Median(known).ShouldBeGreaterThan(Median(unknown) / 3);

        static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);
    }

    private static async Task<TimeSpan> TimeAsync(HttpClient client, string username)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = await LogInAsync(client, username, "a wrong password");
        await response.ErrorAsync(401);
        return Stopwatch.GetElapsedTime(started);
    }

    private static Task<HttpResponseMessage> LogInAsync(HttpClient client, string username, string password) =>
        client.PostAsJsonAsync("/api/auth/login", new { username, password }, Cancel);
}
