using System.Text;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Accounts;

/// <summary>Where the secrets of accounts must not appear: replies, output, the database's files.</summary>
public sealed class AccountSecretsTests
{
    private const string Canary = "canary-4f1b9c";

    [Fact]
    public async Task A_secret_appears_in_no_reply_no_output_and_no_file()
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = await server.CreateAdminClientAsync();
        var replies = new List<string>();
        async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
        {
            using var response = await client.SendRawAsync(method, path, JsonSerializer.Serialize(body));
            replies.Add(response + await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            return response.IsSuccessStatusCode ? await response.DataAsync() : default;
        }

        object Secret(string field) => $"{field}-{Canary}-0123456789";
        var claude = await SendAsync(HttpMethod.Post, Accounts.Path, new { name = "claude", platform = "claude", credentials = new { api_key = Secret("key") } });
        await SendAsync(HttpMethod.Post, Accounts.Path, new
        {
            name = "ccr",
            platform = "claude_ccr",
            credentials = new { access_token = Secret("access"), refresh_token = Secret("refresh"), expires_at = "2026-11-23T08:00:00Z" },
        });
        await SendAsync(HttpMethod.Post, Accounts.Path, new
        {
            name = "azure",
            platform = "azure",
            base_url = "https://93.184.216.34",
            credentials = new { tenant_id = "t", client_id = "c", client_secret = Secret("client") },
            proxy_url = $"http://user:{Canary}@127.0.0.1:3128",
        });
        await SendAsync(HttpMethod.Post, Accounts.Path, new
        {
            name = "bedrock",
            platform = "bedrock",
            credentials = new { region = "us-east-1", access_key_id = "AKIA", secret_access_key = Secret("aws"), session_token = Secret("session") },
        });
        await SendAsync(HttpMethod.Put, claude.Of(), new { credentials = new { api_key = Secret("new") }, proxy_url = $"socks5://user:{Canary}@127.0.0.1:1080" });

        // Refused ones: nothing of them may be kept or repeated either.
        await SendAsync(HttpMethod.Put, claude.Of(), new { credentials = new { api_key = $"{Canary} \r\n" } });
        await SendAsync(HttpMethod.Post, Accounts.Path, new { name = "x", platform = "claude", credentials = new { api_key = Secret("k"), other = Canary } });
        await SendAsync(HttpMethod.Post, Accounts.Path, new { name = "x", platform = "claude", credentials = Canary });
        await SendAsync(HttpMethod.Post, Accounts.Path, new { name = "x", platform = "openai", base_url = $"https://user:{Canary}@93.184.216.34", credentials = new { api_key = "k" } });
        await SendAsync(HttpMethod.Post, Accounts.Path, new { name = "x", platform = "openai", proxy_url = $"http://user:{Canary}@10.0.0.1", credentials = new { api_key = "k" } });
        replies.Add((await client.GetDataAsync(Accounts.Path)).GetRawText());
        replies.Add((await client.GetDataAsync(claude.Of())).GetRawText());
        replies.Add((await client.PostDataAsync(claude.Of() + "/recover", new { })).GetRawText());
        var filesWhileRunning = FilesWith(server.DataDirectory, Canary);

        (await server.StopAsync()).ShouldBe(0);

        replies.Count.ShouldBe(13);
        replies.ShouldAllBe(reply => !reply.Contains(Canary));
        server.Output.ShouldNotContain(Canary);
        filesWhileRunning.ShouldBeEmpty();
        FilesWith(server.DataDirectory, Canary).ShouldBeEmpty();
        FilesWith(server.DataDirectory, "bedrock").ShouldNotBeEmpty("the search must be able to find what is there");
    }

    [Fact]
    public async Task The_credentials_of_the_machine_are_taken_where_the_setting_allows_them()
    {
        await using var server = await GatewayServer.StartAsync(settings: new Dictionary<string, string> { ["Bedrock:AllowAmbientCredentials"] = "true" });
        using var client = await server.CreateAdminClientAsync();

        var account = await client.CreateAccountAsync(new { platform = "bedrock", credentials = new { region = "us-east-1" } });

        account.Text("credentials_hint").ShouldBe("us-east-1");
        (await client.GetDataAsync("/api/admin/platforms"))[5].GetProperty("credential_kinds").EnumerateArray().Select(kind => kind.Text("id"))
            .ShouldBe(["access_key", "api_key", "ambient"]);
    }

    [Theory]
    [InlineData("Upstream:AllowedPrivateNetworks:0", "10.0.0.0/99")]
    [InlineData("Upstream:AllowedPorts:0", "https")]
    [InlineData("Bedrock:AllowAmbientCredentials", "perhaps")]
    public async Task A_setting_that_cannot_work_refuses_the_start_in_one_line(string setting, string value)
    {
        await using var server = await GatewayServer.RunToExitAsync(new Dictionary<string, string> { [setting] = value });

        server.ExitCode.ShouldBe(1);
        server.Output.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(setting.Replace(":0", ""));
    }

    private static IEnumerable<string> FilesWith(string directory, string text)
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (bytes.AsSpan(0, length).IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)
            {
                yield return path;
            }
        }
    }
}
