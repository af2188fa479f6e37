using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Sdk;

/// <summary>The vendors' JavaScript clients, unmodified, on every platform. What came of it is in <c>TestResults/sdk</c> beside the tests, a file for each pair.</summary>
public sealed class SdkTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    internal static readonly string[] Clients =
        ["openai-chat", "openai-responses", "openai-azure", "anthropic", "google-genai", "ai-openai", "ai-anthropic", "ai-google"];

    internal static readonly (string Name, string Model)[] Platforms =
    [
        ("openai", "gpt-5-mini"), ("azure", "gpt-5-mini"), ("claude", "claude-sonnet-4-5"), ("claude_ccr", "claude-sonnet-4-5"), ("gemini", "gemini-2.5-flash"),
        ("bedrock", "claude-sonnet-4-5"), ("bedrock", "amazon.nova-pro-v1:0"),
    ];

    public static TheoryData<string, string, string> Pairs =>
        [.. Clients.SelectMany(client => Platforms, (client, platform) => new TheoryDataRow<string, string, string>(client, platform.Name, platform.Model))];

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_client_works_on_every_platform(string client, string platform, string model)
    {
        Assert.SkipUnless(SdkProcess.IsInstalled, "The clients are not installed: run ./test.sh, or `npm ci` in tests/sdk.");
        var tenant = await Tenant.OfAsync(platform, gateway.Admin, simulator.Server);
        var results = new Dictionary<string, string>();
        await using (var process = SdkProcess.Start(client, gateway.Server.Url, tenant.Key, model, platform))
        {
            foreach (var (name, run) in new SdkScenarios(client, platform, tenant, process).All)
            {
                try
                {
                    await run();
                    results[name] = "passed";
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    results[name] = exception.Message;
                }

                // One scenario's script and its cooldowns are not the next one's.
                tenant.Upstream.Reset();
                await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/recover", new { });
            }
        }

        await WriteAsync(client, platform, model, results);
        var failed = results.Where(result => result.Value != "passed").ToDictionary();
        failed.ShouldBeEmpty(JsonSerializer.Serialize(failed, Readable));
    }

    private static async Task WriteAsync(string client, string platform, string model, Dictionary<string, string> results)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "TestResults", "sdk"));
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, $"{client}-{platform}-{model.Replace(':', '-')}.json"), JsonSerializer.Serialize(new { client, platform, model, scenarios = results }, Readable));
    }
}
