using System.Net;
using System.Text;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

public sealed class SimulatedAccountTests(SharedSimulator simulator)
{
    private readonly SimulatedAccount _account = simulator.Server.NewAccount(CredentialPrefix.OpenAi);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_kept_as_it_was_sent()
    {
        const string body = """{ "model":"gpt-4o-mini", "messages":[{"role":"user","content":"\u00e9 é"}], "unknown":1.50 }""";
        using var request = simulator.Server.Request(_account, Upstream.Chat + "?beta=a%20b", body);
        request.Headers.Add("x-client", ["one", "two"]);

        using var response = await Upstream.SendAsync(request);

        var received = await _account.WaitForFinishAsync(1, Cancel);
        received.Number.ShouldBe(1);
        received.Method.ShouldBe("POST");
        received.Path.ShouldBe(Upstream.Chat);
        received.Query.ShouldBe("?beta=a%20b");
        received.Header("X-Client").ShouldBe("one, two");
        received.Header("x-absent").ShouldBeNull();
        received.Body.ToArray().ShouldBe(Encoding.UTF8.GetBytes(body));
        received.Json.GetProperty("unknown").GetRawText().ShouldBe("1.50");
        received.StatusCode.ShouldBe(200);
        received.Outcome.ShouldBe(RequestOutcome.Finished);
        received.Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Answers_are_given_in_order_then_the_default_then_the_echo()
    {
        _account.Enqueue(ScriptedAnswer.Text("one"), ScriptedAnswer.Text("two"));
        _account.Default = ScriptedAnswer.Text("default");

        (await AskAsync()).ShouldBe("one");
        (await AskAsync()).ShouldBe("two");
        (await AskAsync()).ShouldBe("default");
        (await AskAsync()).ShouldBe("default");
        _account.Default = null;
        (await AskAsync()).ShouldBe("You said: Hello there");
        _account.Queued.ShouldBe(0);
    }

    [Fact]
    public async Task A_refused_request_takes_no_answer()
    {
        _account.Enqueue(ScriptedAnswer.Text("kept"));

        using var refused = await simulator.Server.PostAsync(_account, Upstream.Chat, "{}");

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _account.Refusals.ShouldHaveSingleItem().Refusal!.Message.ShouldBe("you must provide a model parameter");
        (await AskAsync()).ShouldBe("kept");
    }

    [Fact]
    public async Task An_answer_for_a_path_waits_for_that_path()
    {
        _account.Enqueue(ScriptedAnswer.Error(500).For("/v1/models"), ScriptedAnswer.Text("chat"));

        (await AskAsync()).ShouldBe("chat");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(simulator.Server.Url, "/v1/models"));
        request.Headers.Add("Authorization", $"Bearer {_account.Credential}");
        using var models = await Upstream.SendAsync(request);

        models.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task Accounts_do_not_see_each_other()
    {
        var other = simulator.Server.NewAccount(CredentialPrefix.OpenAi);
        other.Enqueue(ScriptedAnswer.Error(500));

        (await AskAsync()).ShouldBe("You said: Hello there");

        other.Requests.ShouldBeEmpty();
        _account.Requests.Count.ShouldBe(1);
        simulator.Server.Account(_account.Credential).ShouldBeSameAs(_account);
    }

    [Fact]
    public async Task The_peak_of_requests_in_flight_is_known()
    {
        var gate = new Gate();
        _account.Default = ScriptedAnswer.Text("held").HoldHeaders(gate);
        var answers = Enumerable.Range(0, 3).Select(_ => AskAsync()).ToArray();
        await _account.WaitForRequestAsync(3, Cancel);
        _account.InFlight.ShouldBe(3);

        gate.Open();
        await Task.WhenAll(answers);
        await _account.WaitUntilIdleAsync(Cancel);

        _account.PeakInFlight.ShouldBe(3);
        _account.FinishedCount.ShouldBe(3);
        _account.AbortedCount.ShouldBe(0);
    }

    [Fact]
    public async Task An_account_may_know_other_models_than_its_platform()
    {
        _account.Models = new HashSet<string> { "house-model" };

        using var unknown = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);
        using var known = await simulator.Server.PostAsync(
            _account, Upstream.Chat, Upstream.Hello.Replace("gpt-4o-mini", "house-model", StringComparison.Ordinal));

        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await known.TextAsync()).ShouldContain("\"model\": \"house-model\"");
    }

    [Fact]
    public async Task A_script_that_cannot_be_sent_says_why()
    {
        _account.Enqueue(ScriptedAnswer.Verbatim("{}").WithHeader("content-length", "1"));

        using var response = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await response.TextAsync()).ShouldStartWith("Simulator: ");
        await _account.WaitUntilIdleAsync(Cancel);
        _account.Requests[0].Outcome.ShouldBe(RequestOutcome.Failed);
    }

    [Fact]
    public async Task A_reset_forgets_everything()
    {
        _account.Enqueue(ScriptedAnswer.Error(500), ScriptedAnswer.Error(500));
        using var failed = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);
        await _account.WaitUntilIdleAsync(Cancel);

        _account.Reset();

        _account.Requests.ShouldBeEmpty();
        (await AskAsync()).ShouldBe("You said: Hello there");
        _account.Requests.ShouldHaveSingleItem().Number.ShouldBe(1);
    }

    private async Task<string?> AskAsync()
    {
        using var response = await simulator.Server.PostAsync(_account, Upstream.Chat, Upstream.Hello);
        var json = System.Text.Json.JsonElement.Parse(await response.TextAsync());
        return json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
    }
}
