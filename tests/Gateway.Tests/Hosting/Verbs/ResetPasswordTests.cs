using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hosting.Verbs;

public sealed partial class ResetPasswordTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_new_password_works_while_the_gateway_runs_and_ends_what_was_logged_in(StorageKind storage)
    {
        await using var server = await GatewayServer.StartAsync(storage);
        using var before = await server.CreateAdminClientAsync();

        var (exitCode, output) = await server.RunVerbAsync("admin", "reset-password", "Admin");

        exitCode.ShouldBe(0, output);
        var password = PrintedPassword().Match(output).Groups[1].Value;
        using var ended = await before.GetAsync("/api/auth/me", Cancel);
        await ended.ErrorAsync(401);
        using var old = await before.PostAsJsonAsync("/api/auth/login", new { username = "admin", password = GatewayServer.AdminPassword }, Cancel);
        await old.ErrorAsync(401);
        using var client = server.CreateClient();
        await client.LogInAsync("admin", password);
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_refused_in_one_line()
    {
        await using var server = await GatewayServer.StartAsync();

        var (exitCode, output) = await server.RunVerbAsync("admin", "reset-password", "nobody");

        exitCode.ShouldBe(1);
        output.ShouldBeOneLineWith("'nobody'");
    }

    [Fact]
    public async Task Where_no_gateway_was_ever_started_nothing_is_created()
    {
        using var data = new TempDirectory();
        var elsewhere = data.File("elsewhere");

        await using var verb = await GatewayServer.RunToExitAsync(dataDirectory: elsewhere, arguments: ["admin", "reset-password", "admin"]);

        verb.ExitCode.ShouldBe(1);
        verb.Output.ShouldBeOneLineWith(elsewhere, "Gateway:DataDirectory");
        Directory.Exists(elsewhere).ShouldBeFalse();
    }

    [GeneratedRegex(@"is shown this once:\s+(\S{20})\s")]
    private static partial Regex PrintedPassword();
}
