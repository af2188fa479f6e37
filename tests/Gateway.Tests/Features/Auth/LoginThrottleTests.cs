using System.Net.Http.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Auth;

/// <summary>B17: guessing passwords.</summary>
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

    private static Task<HttpResponseMessage> LogInAsync(HttpClient client, string username, string password) =>
        client.PostAsJsonAsync("/api/auth/login", new { username, password }, Cancel);
}
