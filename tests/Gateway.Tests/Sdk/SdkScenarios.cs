using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Sdk;

/// <summary>What every client goes through on every platform: what the platform answers, and what the client must make of it.</summary>
/// <param name="client">The client's script.</param>
/// <param name="platform">As the management API names it.</param>
internal sealed class SdkScenarios(string client, string platform, Tenant tenant, SdkProcess process)
{
    private const string Signature = "c2lnbmVk";
    private const string Paris = """{"city":"Paris"}""";

    private static readonly ScriptedAnswer Weather = ScriptedAnswer.Text("One ", "moment.").ThenToolCall("get_weather", "{\"city\":", "\"Paris\"}");

    /// <summary>Enough events that the client has some of the text when the sixth is held, whatever the platform sends before it.</summary>
    private static readonly ScriptedAnswer Long = ScriptedAnswer.Text([.. Enumerable.Range(1, 12).Select(number => $"{number} ")]);

    private readonly string _format = client switch
    {
        "anthropic" or "ai-anthropic" => "claude",
        "google-genai" or "ai-google" => "gemini",
        _ => "openai",
    };

    /// <summary>What each client must get through on each platform.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. new SdkScenarios("", "", null!, null!).All.Select(scenario => scenario.Name)];

    /// <summary>All of them by name, in the order in which they run.</summary>
    public IEnumerable<(string Name, Func<Task> Run)> All =>
    [
        ("text", () => TextAsync("text")),
        ("stream", () => TextAsync("stream")),
        ("usage on record", RecordAsync),
        ("tool", () => ToolAsync("tool", Weather, ["get_weather " + Paris], "sunny get_weather")),
        ("parallel tools", () => ToolAsync(
            "parallel", ScriptedAnswer.ToolCall("get_weather", Paris).ThenToolCall("get_time"), ["get_weather " + Paris, "get_time {}"], "sunny get_time")),
        ("image", () => EchoAsync("image", "What is it?")),
        ("system turns", () => EchoAsync("system", "Hello")),
        ("thinking round trip", ThinkingAsync),
        ("structured output", StructuredAsync),
        ("limit of output", LimitAsync),
        .. ((int[])[400, 401, 429, 500, 529]).Select(status => ($"error {status}", (Func<Task>)(() => ErrorAsync(status)))),
        ("error inside a stream", () => BrokenAsync(Long.ErrorAfterEvent(8, 500))),
        ("stream that is cut", () => BrokenAsync(Long.CutAfterEvent(8))),
    ];

    private async Task TextAsync(string scenario)
    {
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("Hel", "lo ", "世界 👋").WithUsage(input: 600, output: 50, cacheRead: 400));

        var result = await RunAsync(scenario);

        result.GetProperty("text").GetString().ShouldBe("Hello 世界 👋");
        result.GetProperty("stop").GetString().ShouldBe("end");
        var usage = result.GetProperty("usage");
        usage.GetProperty("input").GetInt64().ShouldBe(1000);
        usage.GetProperty("cached").GetInt64().ShouldBe(400);
        usage.GetProperty("output").GetInt64().ShouldBe(50);
    }

    private async Task RecordAsync()
    {
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("platform").GetString().ShouldBe(platform);
        record.GetProperty("input_tokens").GetInt64().ShouldBe(600);
        record.GetProperty("cache_read_tokens").GetInt64().ShouldBe(400);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(50);
        record.GetProperty("usage_source").GetString().ShouldBe("reported");
        record.GetProperty("status").GetString().ShouldBe("completed");
        record.GetProperty("cost_usd").GetDecimal().ShouldBeGreaterThan(0);
    }

    /// <summary>The calls arrive, and their results reach the platform, which repeats the last of them or the first.</summary>
    private async Task ToolAsync(string scenario, ScriptedAnswer answer, string[] calls, string said)
    {
        tenant.Upstream.Enqueue(answer);

        var result = await RunAsync(scenario);

        Calls(result).ShouldBe(calls);
        result.GetProperty("stop").GetString().ShouldBe("tool");
        result.GetProperty("text").GetString()!.ShouldStartWith("The tool said: ");
        tenant.Upstream.Requests[^1].Text.ShouldContain(said);
    }

    /// <summary>The platform repeats the last text of the user, and what was said to the model on the way stands before it where a platform has no place for it.</summary>
    private async Task EchoAsync(string scenario, string expected)
    {
        var text = (await RunAsync(scenario)).GetProperty("text").GetString()!;
        text.ShouldStartWith("You said: ");
        text.ShouldEndWith(expected);
    }

    private async Task ThinkingAsync()
    {
        tenant.Upstream.Enqueue(ScriptedAnswer.Thinking("Let me think.", Signature).ThenToolCall("get_weather", Paris));

        var result = await RunAsync("thinking");

        Calls(result).ShouldBe(["get_weather " + Paris]);
        result.GetProperty("thinking").GetString().ShouldBe("Let me think.");
        tenant.Upstream.Requests[^1].Text.ShouldContain("sunny get_weather");
        result.GetProperty("text").GetString()!.ShouldStartWith("The tool said: ");
    }

    private async Task StructuredAsync()
    {
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("{\"city\":", "\"Paris\"}"));

        (await RunAsync("structured")).GetProperty("value").GetRawText().ShouldBe(Paris);
        tenant.Upstream.Requests[^1].Text.ShouldContain("\"city\"");
    }

    private async Task LimitAsync()
    {
        var speaksResponses = platform is "openai" or "azure" && client is "openai-responses" or "ai-openai";
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("Once upon a").WithStopReason(
            speaksResponses ? "max_output_tokens" : platform switch { "claude" or "claude_ccr" or "bedrock" => "max_tokens", "gemini" => "MAX_TOKENS", _ => "length" }));

        var result = await RunAsync("limit");

        result.GetProperty("stop").GetString().ShouldBe("limit");
        result.GetProperty("text").GetString().ShouldBe("Once upon a");
    }

    /// <summary>What is wrong with the account never looks like the client's own key.</summary>
    private async Task ErrorAsync(int status)
    {
        // AWS has other numbers for a credential that is refused and for too much to do.
        tenant.Upstream.Default = ScriptedAnswer.Error(platform == "bedrock" ? status switch { 401 => 403, 529 => 503, _ => status } : status);

        var error = (await RunAsync("error")).GetProperty("error");

        error.GetProperty("status").GetInt32().ShouldBe(status switch
        {
            401 => 503,
            529 => _format == "claude" ? 529 : 503,
            _ => status,
        });
    }

    private async Task BrokenAsync(ScriptedAnswer answer)
    {
        // What breaks before the client has anything is answered as an HTTP error.
        var gate = new Gate();
        tenant.Upstream.Enqueue(answer.HoldAfterEvent(6, gate));

        var result = await RunAsync("broken", gate.Open);

        result.TryGetProperty("error", out var error).ShouldBeTrue($"The client took a broken answer for a whole one: {result.GetRawText()}");
        error.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    private async Task<JsonElement> RunAsync(string scenario, Action? onProgress = null)
    {
        var result = await process.RunAsync(scenario, onProgress);

        // What Bedrock's copy of Claude's API does not know yet the gateway learns from its refusals.
        tenant.Upstream.Refusals.Select(request => $"{request}: {request.Refusal!.Message}")
            .Where(refusal => !refusal.Contains("Extra inputs are not permitted", StringComparison.Ordinal)).ShouldBeEmpty();
        if (scenario is not ("error" or "broken") && result.TryGetProperty("error", out var error))
        {
            Assert.Fail(error.GetRawText());
        }

        result.TryGetProperty("missing", out _).ShouldBeFalse();
        return result;
    }

    private static IEnumerable<string> Calls(JsonElement result) =>
        result.GetProperty("calls").EnumerateArray().Select(call => $"{call.GetProperty("name").GetString()} {call.GetProperty("arguments").GetRawText()}");
}
