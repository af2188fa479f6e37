using Gateway.Tests.Support;

namespace Gateway.Tests.Hosting.Verbs;

public sealed class CheckConfigTests
{
    [Theory]
    [InlineData(StorageKind.Embedded, "SQLite", "embedded")]
    [InlineData(StorageKind.Servers, "MySQL", "Redis")]
    public async Task What_a_gateway_runs_on_is_found_in_order(StorageKind storage, string database, string redis)
    {
        await using var server = await GatewayServer.StartAsync(storage);

        var (exitCode, output) = await server.RunVerbAsync("check-config");

        exitCode.ShouldBe(0, output);
        var lines = output.Trim().Split('\n');
        lines.ShouldAllBe(line => line.StartsWith("ok "));
        lines.ShouldContain(line => line.Contains("database ") && line.Contains(database) && line.Contains("of this version"));
        lines.ShouldContain(line => line.Contains("redis ") && line.Contains(redis));
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Before_the_first_start_it_creates_nothing(StorageKind storage)
    {
        using var data = new TempDirectory();
        var directory = data.File("data");
        using var store = storage == StorageKind.Servers ? TestStorage.Create() : null;

        await using var verb = await GatewayServer.RunToExitAsync(dataDirectory: directory, store: store, arguments: ["check-config"]);
        await using var again = await GatewayServer.RunToExitAsync(dataDirectory: directory, store: store, arguments: ["check-config"]);

        verb.ExitCode.ShouldBe(0, verb.Output);
        again.Output.Split('\n').Count(line => line.Contains("the first start creates", StringComparison.Ordinal)).ShouldBe(3, again.Output);
        Directory.Exists(directory).ShouldBeFalse();
    }

    [Fact]
    public async Task Servers_that_do_not_answer_are_named_and_their_passwords_are_not()
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:MySql"] = "Server=127.0.0.1;Port=1;Database=gateway;User ID=gateway;Password=canary-one",
            ["ConnectionStrings:Redis"] = "127.0.0.1:1,password=canary-two",
        };

        await using var verb = await GatewayServer.RunToExitAsync(settings, arguments: ["check-config"]);

        verb.ExitCode.ShouldBe(1);
        verb.Output.ShouldMatch("failed +database");
        verb.Output.ShouldMatch("failed +redis");
        verb.Output.ShouldNotContain("canary");
    }

    [Fact]
    public async Task A_setting_that_cannot_work_is_named()
    {
        await using var verb = await GatewayServer.RunToExitAsync(
            new Dictionary<string, string> { ["Gateway:TrustedProxies:0"] = "everyone" }, arguments: ["check-config"]);

        verb.ExitCode.ShouldBe(1);
        verb.Output.ShouldBeOneLineWith("Gateway:TrustedProxies", "everyone");
    }
}
