using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

/// <summary>The way tests in other processes script and look.</summary>
public sealed class ControlApiTests(SharedSimulator simulator)
{
    private readonly SimulatedAccount _account = simulator.Server.NewAccount(CredentialPrefix.OpenAi);

    private string Account => $"/_simulator/accounts/{_account.Credential}";

    [Fact]
    public async Task A_script_in_json_says_what_a_script_in_code_says()
    {
        using var scripted = await SendAsync(HttpMethod.Put, Account + "/script", """
            {
              "answers": [
                {
                  "parts": [
                    { "type": "thinking", "pieces": ["Hm"], "signature": "c2ln" },
                    { "type": "text", "pieces": ["Hel", "lo"] },
                    { "type": "tool_call", "name": "f", "arguments": ["{}"], "id": "call_1" }
                  ],
                  "usage": { "input_tokens": 10, "output_tokens": 5, "cache_read_tokens": 3, "service_tier": "flex" },
                  "stop_reason": "length",
                  "headers": { "x-odd": "1" },
                  "delivery": { "split_at": [5, 9], "delay_between_events_ms": 1 }
                },
                { "error": { "status": 429, "message": "Slow down" }, "headers": { "retry-after": "7" } },
                { "raw": { "status": 502, "content_type": "text/html", "text": "<p>" } },
                { "parts": [{ "type": "text", "pieces": ["A"] }], "error": { "status": 500 }, "error_after_event": 1 }
              ],
              "default": { "parts": [{ "type": "text", "pieces": ["always"] }] },
              "models": ["gpt-4o-mini"]
            }
            """);
        (await scripted.TextAsync()).ShouldContain("\"queued\": 4");

        using var first = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);
        using var second = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);
        using var third = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);
        using var fourth = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.HelloStream);
        using var fifth = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);

        var message = JsonElement.Parse(await first.TextAsync()).GetProperty("choices")[0].GetProperty("message");
        message.GetProperty("content").GetString().ShouldBe("Hello");
        message.GetProperty("reasoning_content").GetString().ShouldBe("Hm");
        message.GetProperty("tool_calls")[0].GetProperty("id").GetString().ShouldBe("call_1");
        first.Headers.GetValues("x-odd").ShouldBe(["1"]);
        second.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        second.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        third.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await third.TextAsync()).ShouldBe("<p>");
        (await fourth.TextAsync()).ShouldContain("server_error");
        (await fifth.TextAsync()).ShouldContain("always");
    }

    [Fact]
    public async Task A_report_shows_what_was_received()
    {
        using var answered = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);
        using var refused = await simulator.Server.PostAsync(_account, Upstream.Chat + "?a=b", "{}");
        await _account.WaitUntilIdleAsync(TestContext.Current.CancellationToken);

        using var response = await SendAsync(HttpMethod.Get, Account + "?last=1");

        var report = JsonElement.Parse(await response.TextAsync());
        report.GetProperty("received").GetInt32().ShouldBe(2);
        report.GetProperty("refused").GetInt32().ShouldBe(1);
        report.GetProperty("finished").GetInt32().ShouldBe(2);
        var last = report.GetProperty("last").EnumerateArray().ShouldHaveSingleItem();
        last.GetProperty("number").GetInt32().ShouldBe(2);
        last.GetProperty("query").GetString().ShouldBe("?a=b");
        last.GetProperty("body_text").GetString().ShouldBe("{}");
        last.GetProperty("body_base64").GetString().ShouldBe("e30=");
        last.GetProperty("status_code").GetInt32().ShouldBe(400);
        last.GetProperty("outcome").GetString().ShouldBe("finished");
        last.GetProperty("headers").GetProperty("Authorization").GetString().ShouldBe($"Bearer {_account.Credential}");
    }

    [Fact]
    public async Task A_delete_forgets_script_and_requests()
    {
        _account.Enqueue(ScriptedAnswer.Error(500), ScriptedAnswer.Error(500));
        using var failed = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);

        using var response = await SendAsync(HttpMethod.Delete, Account);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        _account.Queued.ShouldBe(0);
        _account.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("PUT", "/script", """{"answers":[{"delivery":{"cut_after":1}}]}""", HttpStatusCode.BadRequest, "cut_after")]
    [InlineData("PUT", "/script", "not json", HttpStatusCode.BadRequest, "invalid")]
    [InlineData("POST", "", "", HttpStatusCode.NotFound, "README")]
    [InlineData("GET", "/script", "", HttpStatusCode.NotFound, "README")]
    public async Task A_mistake_is_told(string method, string path, string body, HttpStatusCode status, string told)
    {
        using var response = await SendAsync(new HttpMethod(method), Account + path, body);

        response.StatusCode.ShouldBe(status);
        (await response.TextAsync()).ShouldContain(told);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null) =>
        Upstream.SendAsync(new HttpRequestMessage(method, new Uri(simulator.Server.Url, path))
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        });
}
