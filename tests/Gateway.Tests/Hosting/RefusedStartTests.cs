using Gateway.Tests.Support;

namespace Gateway.Tests.Hosting;

/// <summary>A setting that cannot work ends the start with exit code 1 and one line that names it (F38), and so does a key ring that does not fit (F39).</summary>
public sealed class RefusedStartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Gateway:AdminPassword", "too short", "Gateway:AdminPassword", "12")]
    [InlineData("Gateway:MaxBodyMb", "many", "Gateway:MaxBodyMb", "'many'")]
    [InlineData("Gateway:DrainSeconds", "-1", "Gateway:DrainSeconds", "between 0 and 3600")]
    [InlineData("Gateway:TrustedProxies:0", "10.0.0.0/40", "Gateway:TrustedProxies", "10.0.0.0/40")]
    [InlineData("Gateway:MaxConnections", "0", "Gateway:MaxConnections", "between 1 and 1000000")]
    [InlineData("Gateway:PublicUrl", "gateway.example.com", "Gateway:PublicUrl", "https")]
    [InlineData("Gateway:DataDirectory", "/dev/null/data", "Gateway:DataDirectory", "/dev/null/data")]
    [InlineData("Gateway:MasterKeyFile", "/does/not/exist", "Gateway:MasterKeyFile", "/does/not/exist")]
    [InlineData("Cors:AllowedOrigins:0", "https://console.example.com/path", "Cors:AllowedOrigins", "https://console.example.com/path")]
    [InlineData("Gateway:TrustedProxies", "abc", "Gateway:TrustedProxies", "abc")]
    [InlineData("Cors:AllowedOrigins", "https://a.example,nonsense", "Cors:AllowedOrigins", "nonsense")]
    [InlineData("Upstream:AllowedPrivateNetworks:0", "10.0.0.0/40", "Upstream:AllowedPrivateNetworks", "10.0.0.0/40")]
    [InlineData("Upstream:AllowedPorts:0", "https", "Upstream:AllowedPorts", "https")]
    [InlineData("ConnectionStrings:MySql", "Server=db;Nonsense=1;Database=gateway", "ConnectionStrings:MySql", "nonsense")]
    [InlineData("ConnectionStrings:MySql", "Server=db", "ConnectionStrings:MySql", "Database=")]
    [InlineData("ConnectionStrings:Redis", "localhost,nonsense=1", "ConnectionStrings:Redis", "nonsense")]
    public async Task F38_A_setting_that_cannot_work_is_named(string setting, string value, params string[] texts)
    {
        await using var server = await GatewayServer.RunToExitAsync(new Dictionary<string, string> { [setting] = value });

        server.ExitCode.ShouldBe(1);
        server.Output.ShouldBeOneLineWith(texts);
    }

    [Theory]
    [InlineData("no base64 at all")]
    [InlineData("dG9vIHNob3J0")]
    public async Task F38_A_master_key_of_another_form_is_refused(string content)
    {
        using var data = new TempDirectory();
        await File.WriteAllTextAsync(data.File("master.key"), content, Cancel);

        await using var server = await GatewayServer.RunToExitAsync(new Dictionary<string, string> { ["Gateway:MasterKeyFile"] = data.File("master.key") });

        server.ExitCode.ShouldBe(1);
        server.Output.ShouldBeOneLineWith("Gateway:MasterKeyFile", data.File("master.key"), "32 bytes");
        server.Output.ShouldNotContain(content);
    }

    [Fact]
    public async Task F38_A_settings_file_that_is_not_JSON_is_named()
    {
        using var data = new TempDirectory();
        await File.WriteAllTextAsync(data.File("appsettings.json"), """{ "Gateway": { "DataDirectory": "data", } """, Cancel);

        await using var server = await GatewayServer.RunToExitAsync(arguments: ["--contentRoot", data.Path]);

        server.ExitCode.ShouldBe(1);
        server.Output.ShouldBeOneLineWith(data.File("appsettings.json"));
    }

    [Fact]
    public async Task F38_An_address_that_is_taken_is_named()
    {
        await using var first = await GatewayServer.StartAsync();
        var address = first.Url.ToString().TrimEnd('/');

        await using var second = await GatewayServer.RunToExitAsync(new Dictionary<string, string> { ["URLS"] = address });

        second.ExitCode.ShouldBe(1);
        second.Output.ShouldBeOneLineWith(address, "URLS");
    }

    [Fact]
    public async Task F39_A_ring_that_another_master_key_wraps_is_refused_and_left_as_it_is()
    {
        using var data = new TempDirectory();
        await File.WriteAllTextAsync(data.File("one.key"), Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()), Cancel);
        await File.WriteAllTextAsync(data.File("two.key"), Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray()), Cancel);
        await using (var first = await GatewayServer.StartAsync(
            settings: new Dictionary<string, string> { ["Gateway:MasterKeyFile"] = data.File("one.key") }, dataDirectory: data.Path))
        {
            await first.StopAsync();
        }

        var ring = await File.ReadAllTextAsync(data.File("secrets.json"), Cancel);

        await using var another = await GatewayServer.RunToExitAsync(
            new Dictionary<string, string> { ["Gateway:MasterKeyFile"] = data.File("two.key") }, data.Path);
        await using var none = await GatewayServer.RunToExitAsync(dataDirectory: data.Path);

        another.ExitCode.ShouldBe(1);
        another.Output.ShouldBeOneLineWith("Gateway:MasterKeyFile");
        none.ExitCode.ShouldBe(1);
        none.Output.ShouldBeOneLineWith("Gateway:MasterKeyFile");
        (await File.ReadAllTextAsync(data.File("secrets.json"), Cancel)).ShouldBe(ring);
    }
}
