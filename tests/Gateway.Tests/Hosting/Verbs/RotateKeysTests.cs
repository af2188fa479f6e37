using Gateway.Infrastructure.Secrets;
using Gateway.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Tests.Hosting.Verbs;

public sealed class RotateKeysTests
{
    private const string Credentials = """{"Kind":"api_key","Fields":{"api_key":"sk-upstream"}}""";
    private const string ProxyUrl = "http://name:password@proxy.example.com:3128";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stopped_embedded_gateway_gets_new_keys_and_its_secrets_are_sealed_with_them()
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = await server.CreateAdminClientAsync();
        await server.StopAsync();
        var id = await AddAccountAsync(server);

        var (exitCode, output) = await server.RunVerbAsync("admin", "rotate-keys");

        exitCode.ShouldBe(0, output);
        output.ShouldContain("credentials-2");
        output.ShouldContain("jwt-2");
        await ShouldBeSealedWithAsync(server, id, "credentials-2");
        await using var again = await GatewayServer.StartAsync(dataDirectory: server.DataDirectory);
        using var sameToken = again.CreateClient();
        sameToken.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
        (await sameToken.GetDataAsync("/api/auth/me")).GetProperty("username").GetString().ShouldBe("admin", "the old key still says whose token this is");
    }

    [Fact]
    public async Task A_running_embedded_gateway_has_to_be_stopped_first()
    {
        await using var server = await GatewayServer.StartAsync();
        var ring = await File.ReadAllTextAsync(Path.Combine(server.DataDirectory, "secrets.json"), Cancel);

        var (exitCode, output) = await server.RunVerbAsync("admin", "rotate-keys");

        exitCode.ShouldBe(1);
        output.ShouldBeOneLineWith("in use");
        (await File.ReadAllTextAsync(Path.Combine(server.DataDirectory, "secrets.json"), Cancel)).ShouldBe(ring);
    }

    [Fact]
    public async Task On_MySQL_the_gateways_run_on_and_use_the_new_keys()
    {
        await using var server = await GatewayServer.StartAsync(StorageKind.Servers);
        using var client = await server.CreateAdminClientAsync();
        var id = await AddAccountAsync(server);

        var (exitCode, output) = await server.RunVerbAsync("admin", "rotate-keys");

        exitCode.ShouldBe(0, output);
        await ShouldBeSealedWithAsync(server, id, "credentials-2");
        await client.GetDataAsync("/api/auth/me");
        using var another = await server.CreateAdminClientAsync();
        KeyIdOf(another).ShouldBe("jwt-2");
    }

    [Fact]
    public async Task An_account_that_cannot_be_read_is_named_and_does_not_stop_the_others()
    {
        await using var server = await GatewayServer.StartAsync();
        await server.StopAsync();
        var good = await AddAccountAsync(server);
        long bad;
        await using (var services = await TestServices.OpenAsync(server))
        {
            bad = await services.AddAccountAsync("bad", Credentials, null);
            var moved = await services.Database.Accounts.Where(account => account.Id == good).Select(account => account.CredentialsEncrypted).SingleAsync(Cancel);
            await services.Database.Accounts.Where(account => account.Id == bad)
                .ExecuteUpdateAsync(set => set.SetProperty(account => account.CredentialsEncrypted, moved), Cancel);
        }

        var (exitCode, output) = await server.RunVerbAsync("admin", "rotate-keys");

        exitCode.ShouldBe(1);
        output.ShouldContain($"left as they are: {bad}.");
        await ShouldBeSealedWithAsync(server, good, "credentials-2");
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("replaced")]
    public async Task F39_A_start_without_the_keys_that_stored_secrets_need_is_refused(string how)
    {
        await using var server = await GatewayServer.StartAsync();
        await using var stranger = await GatewayServer.StartAsync();
        await server.StopAsync();
        await AddAccountAsync(server);
        var ring = Path.Combine(server.DataDirectory, "secrets.json");
        File.Delete(ring);
        if (how == "replaced")
        {
            File.Copy(Path.Combine(stranger.DataDirectory, "secrets.json"), ring);
        }

        await using var again = await GatewayServer.RunToExitAsync(dataDirectory: server.DataDirectory);

        again.ExitCode.ShouldBe(1);
        again.Output.ShouldBeOneLineWith("credentials-1", "secrets.json");
        File.Exists(ring).ShouldBe(how == "replaced", "nothing is made in place of what is missing");
    }

    private static async Task<long> AddAccountAsync(GatewayServer server)
    {
        await using var services = await TestServices.OpenAsync(server);
        return await services.AddAccountAsync("good", Credentials, ProxyUrl);
    }

    private static async Task ShouldBeSealedWithAsync(GatewayServer server, long id, string key)
    {
        await using var services = await TestServices.OpenAsync(server);
        var account = await services.Database.Accounts.AsNoTracking().SingleAsync(account => account.Id == id, Cancel);
        SecretBox.KeyIdOf(account.CredentialsEncrypted).ShouldBe(key);
        SecretBox.KeyIdOf(account.ProxyUrlEncrypted!).ShouldBe(key);
        services.Box.Open(account.CredentialsEncrypted, $"accounts/{id}/credentials").ShouldBe(Credentials);
        services.Box.Open(account.ProxyUrlEncrypted!, $"accounts/{id}/proxy_url").ShouldBe(ProxyUrl);
    }

    private static string KeyIdOf(HttpClient client) =>
        new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(client.DefaultRequestHeaders.Authorization!.Parameter).Kid;
}
