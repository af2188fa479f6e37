using System.Net.Http.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Auth;

public sealed class LoginTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_password_gets_a_token_that_names_its_user()
    {
        using var client = gateway.Server.CreateClient();
        await client.LogInAsync("ADMIN", GatewayServer.AdminPassword);

        var me = await client.GetDataAsync("/api/auth/me");

        me.GetProperty("username").GetString().ShouldBe("admin");
        me.GetProperty("role").GetString().ShouldBe("admin");
    }

    // There are no refresh tokens: a log-in token is all that can be replayed.
    [Fact]
    public async Task B15_A_token_that_was_logged_out_is_refused_at_once()
    {
        using var client = gateway.Server.CreateClient();
        await client.LogInAsync("admin", GatewayServer.AdminPassword);
        using var logout = await client.PostAsync("/api/auth/logout", null, Cancel);
        (await logout.DataAsync()).ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        using var response = await client.GetAsync("/api/auth/me", Cancel);

        await response.ErrorAsync(401);
    }

    [Theory]
    [InlineData("admin", "wrong password!")]
    [InlineData("nobody-of-that-name", "wrong password!")]
    public async Task A_wrong_name_and_a_wrong_password_read_the_same(string username, string password)
    {
        using var client = gateway.Server.CreateClient();

        using var response = await client.PostAsJsonAsync("/api/auth/login", new { username, password }, Cancel);

        (await response.ErrorAsync(401)).GetProperty("message").GetString().ShouldBe("The username or the password is wrong.");
    }
}
