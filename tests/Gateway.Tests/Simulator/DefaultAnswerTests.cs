using System.Net;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

public sealed class DefaultAnswerTests(SharedSimulator simulator)
{
    private readonly SimulatedAccount _account = simulator.Server.NewAccount(CredentialPrefix.OpenAi);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_conversation_counts_the_same_words_on_every_platform()
    {
        var claude = simulator.Server.NewAccount(CredentialPrefix.Claude);
        using var chat = await simulator.Server.PostAsync(_account, Upstream.Chat, """
            {"model":"gpt-4o","messages":[{"role":"system","content":"Be kind."},
            {"role":"user","content":[{"type":"text","text":"What now?"}]},
            {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]},
            {"role":"tool","tool_call_id":"a","content":"Wait a bit"}]}
            """);
        using var message = await simulator.Server.PostAsync(claude, Upstream.Messages, """
            {"model":"claude-sonnet-4-5","max_tokens":9,"system":"Be kind.","messages":[{"role":"user","content":"What now?"},
            {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"a": 1}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"Wait a bit"}]}]}]}
            """);

        var usage = JsonElement.Parse(await chat.TextAsync()).GetProperty("usage");
        (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32()).ShouldBe((9, 6));
        usage = JsonElement.Parse(await message.TextAsync()).GetProperty("usage");
        (usage.GetProperty("input_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32()).ShouldBe((9, 6));
    }

    [Theory]
    [InlineData("429", HttpStatusCode.TooManyRequests, "rate_limit_exceeded")]
    [InlineData("500", HttpStatusCode.InternalServerError, "server_error")]
    [InlineData("html", HttpStatusCode.OK, "<html>")]
    [InlineData("think", HttpStatusCode.OK, "reasoning_content")]
    [InlineData("tool", HttpStatusCode.OK, "get_weather")]
    [InlineData("TOOL", HttpStatusCode.OK, "get_weather")]
    [InlineData("unheard", HttpStatusCode.OK, "You said: Please [simulate:unheard]")]
    public async Task A_trigger_word_changes_the_answer(string word, HttpStatusCode status, string text)
    {
        using var response = await PostAsync($"Please [simulate:{word}]");

        response.StatusCode.ShouldBe(status);
        (await response.TextAsync()).ShouldContain(text);
    }

    [Fact]
    public async Task A_trigger_word_can_cut_and_stall()
    {
        using var cut = await PostAsync("[simulate:cut] one two", stream: true);
        await cut.ReadUntilResetAsync();

        using (var stalled = await PostAsync("[simulate:stall] one two", stream: true))
        {
            stalled.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await _account.WaitForAbortAsync(1, Cancel)).Number.ShouldBe(2);
    }

    [Fact]
    public async Task A_script_goes_before_a_trigger_word()
    {
        _account.Enqueue(ScriptedAnswer.Text("scripted"));

        using var response = await PostAsync("[simulate:429]");

        (await response.TextAsync()).ShouldContain("scripted");
    }

    private Task<HttpResponseMessage> PostAsync(string text, bool stream = false) => simulator.Server.PostAsync(
        _account,
        Upstream.Chat,
        JsonSerializer.Serialize(new { model = "gpt-4o", stream, messages = new[] { new { role = "user", content = text } } }));
}
