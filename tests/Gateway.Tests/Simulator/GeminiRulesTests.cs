using System.Net;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

/// <summary>The simulated Gemini is as strict as the real one.</summary>
public sealed class GeminiRulesTests(SharedSimulator simulator)
{
    private const string Old = "/v1beta/models/gemini-2.5-flash";
    private const string New = "/v1beta/models/gemini-3-pro-preview";
    private const string Turns = """{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"f"}}]}""";

    [Fact]
    public async Task The_default_answer_is_the_same_whole_and_streamed()
    {
        const string Body = """{"contents":[{"role":"user","parts":[{"text":"Hello out there"}]}]}""";
        var account = simulator.Server.NewAccount(CredentialPrefix.Gemini);

        using var whole = await simulator.Server.PostAsync(account, $"{Old}:generateContent", Body);
        using var stream = await simulator.Server.PostAsync(account, $"{Old}:streamGenerateContent?alt=sse", Body);
        using var array = await simulator.Server.PostAsync(account, $"{Old}:streamGenerateContent", Body);

        Text([JsonElement.Parse(await whole.TextAsync())]).ShouldBe("You said: Hello out there");
        var chunks = (await stream.TextAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(data => JsonElement.Parse(data["data: ".Length..])).ToList();
        Text(chunks).ShouldBe("You said: Hello out there");
        chunks[^1].GetProperty("candidates")[0].GetProperty("finishReason").GetString().ShouldBe("STOP");
        chunks[^1].GetProperty("usageMetadata").GetProperty("totalTokenCount").GetInt32().ShouldBe(8);
        Text(JsonElement.Parse(await array.TextAsync()).EnumerateArray()).ShouldBe("You said: Hello out there");
        account.Refusals.ShouldBeEmpty();
    }

    [Theory]
    [InlineData($"{Old}:generateContent", """{"contents":[]}""", "contents is not specified")]
    [InlineData($"{Old}:generateContent", """{"contents":[{"role":"user","parts":[{"text":"a"}]}],"stream":true}""", "Unknown name \\\"stream\\\"")]
    [InlineData($"{Old}:generateContent", """{"contents":[{"role":"assistant","parts":[{"text":"a"}]}]}""", "valid role")]
    [InlineData($"{Old}:generateContent", """{"contents":[{"role":"user","parts":[]}]}""", "must not be empty")]
    [InlineData($"{Old}:generateContent", """{"contents":[{"role":"user","parts":[{"text":"a"}]}],"tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"type":"object","$schema":"x"}}]}]}""", "$schema")]
    [InlineData($"{Old}:generateContent", """{"contents":[{"role":"user","parts":[{"text":"a"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}}}""", "Thinking level")]
    [InlineData($"{New}:generateContent", """{"contents":[{"role":"user","parts":[{"text":"a"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"MINIMAL"}}}""", "Thinking level")]
    [InlineData($"{Old}:generateContent", $$"""{"contents":[{{Turns}},{"role":"user","parts":[{"text":"b"}]}]}""", "number of function response parts")]
    [InlineData($"{New}:generateContent", $$"""{"contents":[{{Turns}},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{} } }]}]}""", "missing a thought_signature")]
    public async Task What_Gemini_refuses(string path, string body, string said)
    {
        var account = simulator.Server.NewAccount(CredentialPrefix.Gemini);

        using var response = await simulator.Server.PostAsync(account, path, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.TextAsync()).ShouldContain(said);
        account.Refusals.Count.ShouldBe(1);
    }

    private static string Text(IEnumerable<JsonElement> chunks) =>
        string.Concat(chunks.Select(chunk => chunk.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetProperty("text").GetString()));
}
