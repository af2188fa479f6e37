using System.Net;
using System.Net.Http.Json;
using System.Text;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Claude clients at Claude models of Bedrock: their bodies pass, but for what Bedrock takes otherwise. Numbers in names are those of the list of other products' bugs.</summary>
public sealed class BedrockInvokeTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Model = "claude-sonnet-4-5";
    private const string Id = "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_reaches_a_Claude_client_as_Claude_sends_it()
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        var claude = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        var script = ScriptedAnswer.Thinking("Hm.", "c2ln").ThenText("Hel", "lo 😀").ThenToolCall("f", "{\"x\"", ":1}").WithUsage(input: 10, output: 20, cacheRead: 5, cacheWrite5m: 6, cacheWrite1h: 7);
        tenant.Upstream.Enqueue(script, script.OneByteAtATime(), script.SplitAt(40, 90, 91));
        claude.Upstream.Enqueue(script);

        var expected = await StreamAsync(claude);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            (await StreamAsync(tenant)).ShouldBe(expected);
        }

        var record = await tenant.UsageRecordAsync();
        record.GetProperty("cache_read_tokens").GetInt64().ShouldBe(5);
        record.GetProperty("cache_write_tokens").GetInt64().ShouldBe(13);
        record.GetProperty("cache_write_1h_tokens").GetInt64().ShouldBe(7);
        tenant.Upstream.Refusals.ShouldBeEmpty();

        async Task<string> StreamAsync(Tenant one)
        {
            using var client = Client(one);
            using var response = await client.PostAsync("/v1/messages?beta=true", Json($$"""{"model":"{{Model}}","stream":true,"max_tokens":50,"messages":[{"role":"user","content":"hi"}]}"""), Cancel);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");

            // Ids differ by account.
            return System.Text.RegularExpressions.Regex.Replace(await response.Content.ReadAsStringAsync(Cancel), "(msg|toolu)_[A-Za-z0-9]+", "$1");
        }
    }

    [Fact]
    public async Task Bug_67_79_the_body_passes_byte_for_byte_but_for_what_Bedrock_takes_otherwise()
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = Client(tenant);
        client.DefaultRequestHeaders.Add("anthropic-beta", "claude-code-20250219,context-1m-2025-08-07,files-api-2025-04-14");
        const string Body = """{"model":"claude-sonnet-4-5", "max_tokens": 50,"speed":"fast","messages":[{"content":"h\u00e9","role":"user"}] }""";

        using var response = await client.PostAsync("/v1/messages", Json(Body), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        response.Headers.GetValues("x-gateway-dropped").Single().ShouldBe("anthropic-beta, speed");
        var sent = tenant.Upstream.Requests.ShouldHaveSingleItem();
        sent.Text.ShouldBe(
            """{"max_tokens": 50,"messages":[{"content":"h\u00e9","role":"user"}],"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["context-1m-2025-08-07"] }""");
        sent.Target.ShouldBe($"/model/{Id}/invoke");
        sent.Headers.Keys.ShouldNotContain("anthropic-beta");
        response.Headers.GetValues("request-id").Single().Length.ShouldBe(32);
        tenant.Upstream.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_Bedrock_refuses_as_extra_is_left_out_at_once_and_from_then_on()
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = Client(tenant);
        var member = $"future_{Guid.NewGuid():N}"; // What is learnt is learnt for everybody.
        var body = $$"""{"model":"{{Model}}","max_tokens":50,"{{member}}":{"a":1},"messages":[{"role":"user","content":"hi"}]}""";

        using var first = await client.PostAsync("/v1/messages", Json(body), Cancel);
        using var second = await client.PostAsync("/v1/messages", Json(body), Cancel);

        first.StatusCode.ShouldBe(HttpStatusCode.OK, await first.Content.ReadAsStringAsync(Cancel));
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Headers.GetValues("x-gateway-dropped").Single().ShouldBe(member);
        second.Headers.GetValues("x-gateway-dropped").Single().ShouldBe(member);
        tenant.Upstream.Requests.Select(request => request.StatusCode).ShouldBe([400, 200, 200]);
    }

    [Fact]
    public async Task What_cannot_be_mended_by_leaving_it_out_is_tried_twice_and_told()
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = Client(tenant);
        tenant.Upstream.Enqueue(
            ScriptedAnswer.Error(400, message: $"a_{Guid.NewGuid():N}: Extra inputs are not permitted"),
            ScriptedAnswer.Error(400, message: $"b_{Guid.NewGuid():N}: Extra inputs are not permitted"));

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: Model), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("Extra inputs are not permitted");
        tenant.Upstream.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Bug_83_tokens_are_counted_by_the_model_without_its_profile()
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = Client(tenant);

        using var response = await client.PostAsJsonAsync("/v1/messages/count_tokens", new { model = Model, messages = new[] { new { role = "user", content = "one two three" } } }, Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe("{\"input_tokens\":3}");
        tenant.Upstream.Requests.Single().Target.ShouldBe("/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/count-tokens");
        tenant.Upstream.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_count_that_is_none_and_tokens_that_Bedrock_does_not_count_are_estimated()
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = Client(tenant);
        tenant.Upstream.Enqueue(ScriptedAnswer.Verbatim("{}").For("/model/anthropic.claude-sonnet-4-5-20250929-v1:0/count-tokens"));

        using var odd = await client.PostAsJsonAsync("/v1/messages/count_tokens", new { model = Model, messages = new[] { new { role = "user", content = "a" } } }, Cancel);
        using var other = await client.PostAsJsonAsync("/v1/messages/count_tokens", new { model = "nova-pro", messages = new[] { new { role = "user", content = "a" } } }, Cancel);

        foreach (var response in new[] { odd, other })
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Headers.GetValues("x-gateway-estimated").Single().ShouldBe("true");
        }

        tenant.Upstream.Requests.Count.ShouldBe(1);
    }

    [Theory] // Bug 69
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "invoke")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0", "converse")]
    public async Task Bug_69_a_model_by_its_ARN_is_one_segment_and_rightly_signed(string arn, string operation)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server, account: new { model_mapping = new Dictionary<string, string> { ["mine"] = arn } });
        using var client = Client(tenant);

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: "mine"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        tenant.Upstream.Requests.Single().Target.ShouldBe($"/model/{Uri.EscapeDataString(arn)}/{operation}");
    }

    [Theory]
    [InlineData("global", "global.anthropic.claude-sonnet-4-5-20250929-v1%3A0")]
    [InlineData("none", "anthropic.claude-sonnet-4-5-20250929-v1%3A0")]
    public async Task An_accounts_profile_becomes_part_of_the_model(string profile, string id)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server, account: new { options = new { profile } });
        using var client = Client(tenant);

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: Model), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests.Single().Target.ShouldBe($"/model/{id}/invoke");
    }

    [Fact]
    public async Task An_API_key_of_Bedrock_is_sent_as_bearer()
    {
        var upstream = simulator.Server.NewAccount(CredentialPrefix.BedrockApiKey);
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server, account: new { credentials = new { region = "eu-west-1", api_key = upstream.Credential } });
        using var client = Client(tenant);

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: Model), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        upstream.Requests.Single().Header("authorization").ShouldBe($"Bearer {upstream.Credential}");
        upstream.Requests.Single().Target.ShouldStartWith("/model/eu.anthropic.");
        upstream.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_session_token_is_sent_and_signed()
    {
        var upstream = simulator.Server.NewAccount(CredentialPrefix.Bedrock);
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server, account: new
        {
            credentials = new { region = "us-east-1", access_key_id = upstream.Credential, secret_access_key = CredentialPrefix.BedrockSecret(upstream.Credential), session_token = "FwoGZXIvYXdz" },
        });
        using var client = Client(tenant);

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: Model), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        upstream.Requests.Single().Header("x-amz-security-token").ShouldBe("FwoGZXIvYXdz");
        upstream.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_secret_is_the_accounts_fault_and_is_told_to_nobody()
    {
        var upstream = simulator.Server.NewAccount(CredentialPrefix.Bedrock);
        var tenant = await Tenant.BedrockAsync(
            gateway.Admin, simulator.Server, account: new { credentials = new { region = "us-east-1", access_key_id = upstream.Credential, secret_access_key = "wrong-secret-of-mine" } });
        using var client = Client(tenant);

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: Model), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        text.ShouldNotContain("signature");
        text.ShouldNotContain("wrong-secret");
        upstream.Requests.Single().Refusal!.Type.ShouldBe("InvalidSignatureException");
    }

    [Fact]
    public async Task The_machines_own_credentials_are_used_where_the_operator_allows_it()
    {
        var upstream = simulator.Server.NewAccount(CredentialPrefix.Bedrock);
        await using var server = await GatewayServer.StartAsync(settings: new Dictionary<string, string>
        {
            ["Bedrock:AllowAmbientCredentials"] = "true",
            ["AWS_ACCESS_KEY_ID"] = upstream.Credential,
            ["AWS_SECRET_ACCESS_KEY"] = CredentialPrefix.BedrockSecret(upstream.Credential),
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        });
        using var admin = await server.CreateAdminClientAsync();
        var tenant = await Tenant.BedrockAsync(admin, simulator.Server, account: new { credentials = new { region = "us-east-1" } });
        using var client = tenant.CreateClient(server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: "nova-pro"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        upstream.Requests.Count.ShouldBe(1);
        upstream.Refusals.ShouldBeEmpty();
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private HttpClient Client(Tenant tenant)
    {
        var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        return client;
    }
}
