using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Platforms.Bedrock;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

/// <summary>The simulated Bedrock is as strict as the real one.</summary>
public sealed class BedrockRulesTests(SharedSimulator simulator)
{
    private const string Nova = "/model/us.amazon.nova-pro-v1%3A0";
    private const string Oss = "/model/openai.gpt-oss-120b-1%3A0";
    private const string Sonnet = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0";
    private const string Newer = "/model/us.anthropic.claude-opus-5";
    private const string Hi = """{"role":"user","content":[{"text":"hi"}]}""";
    private const string Call = """{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"f","input":{} }}]}""";
    private const string Tools = "\"toolConfig\":{\"tools\":[{\"toolSpec\":{\"name\":\"f\",\"inputSchema\":{\"json\":{\"type\":\"object\"}}}}]}";
    private const string Version = "\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":5";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_default_answer_is_the_same_in_all_its_forms()
    {
        var account = simulator.Server.NewAccount(CredentialPrefix.BedrockApiKey);
        const string Converse = """{"messages":[{"role":"user","content":[{"text":"Hello out there"}]}]}""";
        const string Invoke = $$"""{{{Version}},"messages":[{"role":"user","content":"Hello out there"}]}""";

        using var whole = await simulator.Server.PostAsync(account, $"{Nova}/converse", Converse);
        using var stream = await simulator.Server.PostAsync(account, $"{Nova}/converse-stream", Converse);
        using var invoked = await simulator.Server.PostAsync(account, $"{Sonnet}/invoke", Invoke);
        using var chunks = await simulator.Server.PostAsync(account, $"{Sonnet}/invoke-with-response-stream", Invoke);

        JsonElement.Parse(await whole.TextAsync()).GetProperty("output").GetProperty("message").GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("You said: Hello out there");
        JsonElement.Parse(await invoked.TextAsync()).GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("You said: Hello out there");
        foreach (var (response, translate) in new (HttpResponseMessage, TranslateFrame)[] { (stream, BedrockFrames.WriteConverse), (chunks, BedrockFrames.WriteInvoke) })
        {
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.amazon.eventstream");
            using var reader = new StreamReader(new EventStreamReader(await response.Content.ReadAsStreamAsync(Cancel), translate));
            (await reader.ReadToEndAsync(Cancel)).ShouldContain("\"text\":\" Hello\"");
        }

        account.Refusals.ShouldBeEmpty();
    }

    [Theory] // address, body, what is said
    [InlineData($"{Nova}/converse", """{"messages":[]}""", "messages field is required")]
    [InlineData($"{Nova}/converse", $$"""{"messages":[{{Hi}},{{Hi}}]}""", "must alternate")]
    [InlineData($"{Nova}/converse", """{"messages":[{"role":"assistant","content":[{"text":"a"}]}]}""", "must start with a user message")]
    [InlineData($"{Nova}/converse", """{"messages":[{"role":"user","content":[{"text":" "}]}]}""", "is blank")]
    [InlineData($"{Nova}/converse", """{"messages":[{"role":"user","content":[]}]}""", "is empty")]
    [InlineData($"{Nova}/converse", """{"messages":[{"role":"user","content":[{"text":"a","cachePoint":{"type":"default"}}]}]}""", "exactly one member")]
    [InlineData($"{Nova}/converse", """{"messages":[{"role":"user","content":[{"type":"text"}]}]}""", "type is not allowed here")]
    [InlineData($"{Nova}/converse", $$"""{"messages":[{{Hi}}],"stream":true}""", "extraneous key [stream]")]
    [InlineData($"{Nova}/converse", $$"""{"messages":[{{Hi}}],"system":[{"text":""}]}""", "system block is blank")]
    [InlineData($"{Nova}/converse", $$"""{"messages":[{{Hi}},{{Call}},{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"text":"x"}]} }]}]}""", "toolConfig field must be defined")]
    [InlineData($"{Nova}/converse", $$"""{"messages":[{{Hi}},{{Call}},{{Hi}}],{{Tools}} }""", "Expected toolResult blocks")]
    [InlineData($"{Nova}/converse", $$"""{"messages":[{{Hi}},{{Call}},{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[]} }]}],{{Tools}} }""", "must not be empty")]
    [InlineData($"{Nova}/converse", $$"""{"messages":[{{Hi}}],"toolConfig":{"tools":[{"toolSpec":{"name":"a.b","inputSchema":{"json":{"type":"object"} } } }]} }""", "toolSpec.name")]
    [InlineData($"{Nova}/converse", $$"""{"messages":[{{Hi}}],"inferenceConfig":{"temperature":2} }""", "temperature")]
    [InlineData($"{Nova}/converse", $$"""{"messages":[{{Hi}}],"additionalModelRequestFields":{"top_k":2} }""", "extraneous key [top_k]")]
    [InlineData($"{Nova}/converse", """{"messages":[{"role":"user","content":[{"document":{"format":"txt","name":"a.txt","source":{"bytes":"YQ=="}}},{"text":"a"}]}]}""", "alphanumeric")]
    [InlineData($"{Nova}/converse", """{"messages":[{"role":"user","content":[{"document":{"format":"txt","name":"a","source":{"bytes":"YQ=="}}}]}]}""", "must hold a text")]
    [InlineData($"{Nova}/converse", """{"messages":[{"role":"user","content":[{"image":{"format":"jpeg","source":{"bytes":"iVBORw0KGgo="}}}]}]}""", "does not match the bytes")]
    [InlineData($"{Oss}/converse", """{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgo="}}}]}]}""", "doesn't support the image")]
    [InlineData($"{Nova}/converse", $$"""{"messages":[{{Hi}},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"a"} } }]},{{Hi}}]}""", "signature: Field required")]
    [InlineData("/model/nobody/converse", $$"""{"messages":[{{Hi}}]}""", "model identifier is invalid")]
    [InlineData($"{Sonnet}/invoke", """{"max_tokens":5,"messages":[{"role":"user","content":"a"}]}""", "anthropic_version")]
    [InlineData($"{Sonnet}/invoke", $$"""{{{Version}},"model":"m","messages":[{"role":"user","content":"a"}]}""", "model: Extra inputs are not permitted")]
    [InlineData($"{Sonnet}/invoke", $$"""{{{Version}},"anthropic_beta":["files-api-2025-04-14"],"messages":[{"role":"user","content":"a"}]}""", "invalid beta flag")]
    [InlineData($"{Newer}/invoke", $$"""{{{Version}},"messages":[{"role":"user","content":"a"},{"role":"system","content":"b"}]}""", "Unexpected role")]
    [InlineData($"{Newer}/invoke", $$"""{{{Version}},"output_config":{"format":{} },"messages":[{"role":"user","content":"a"}]}""", "output_config.format: Extra inputs")]
    [InlineData($"{Sonnet}/count-tokens", "{}", "doesn't support counting tokens")]
    public async Task What_Bedrock_refuses(string path, string body, string said)
    {
        var account = simulator.Server.NewAccount(CredentialPrefix.BedrockApiKey);

        using var response = await simulator.Server.PostAsync(account, path, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.TextAsync()).ShouldContain(said);
        response.Headers.GetValues("x-amzn-errortype").Single().ShouldStartWith("ValidationException:");
        account.Refusals.Count.ShouldBe(1);
    }

    [Theory] // what is changed of a well signed request, what is said
    [InlineData("", null)]
    [InlineData("secret", "InvalidSignatureException")]
    [InlineData("body", "InvalidSignatureException")]
    [InlineData("path", "InvalidSignatureException")]
    [InlineData("token", "InvalidSignatureException")]
    [InlineData("time", "InvalidSignatureException")]
    [InlineData("service", "InvalidSignatureException")]
    [InlineData("none", "MissingAuthenticationTokenException")]
    public async Task A_signature_counts_for_what_was_signed_only(string changed, string? error)
    {
        var account = simulator.Server.NewAccount(CredentialPrefix.Bedrock);
        const string Body = $$"""{"messages":[{{Hi}}]}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(simulator.Server.Url, $"{Nova}/converse")) { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
        var at = changed == "time" ? TimeProvider.System.GetUtcNow().AddMinutes(-6) : TimeProvider.System.GetUtcNow();
        var secret = CredentialPrefix.BedrockSecret(account.Credential);
        new SigV4().Sign(
            request,
            new AwsCredentials(account.Credential, changed == "secret" ? "other" : secret, null),
            "us-east-1",
            changed == "service" ? "s3" : "bedrock",
            SHA256.HashData(Encoding.UTF8.GetBytes(Body)),
            at);
        if (changed == "body")
        {
            request.Content = new StringContent(Body + " ", Encoding.UTF8, "application/json");
        }
        else if (changed == "path")
        {
            request.RequestUri = new Uri(simulator.Server.Url, $"{Nova}/converse-stream");
        }
        else if (changed == "token")
        {
            request.Headers.Add("x-amz-security-token", "unsigned");
        }
        else if (changed == "none")
        {
            request.Headers.Remove("authorization");
        }

        using var response = await Upstream.SendAsync(request);

        response.StatusCode.ShouldBe(error is null ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await response.TextAsync());
        (response.Headers.TryGetValues("x-amzn-errortype", out var type) ? type.Single().Split(':')[0] : null).ShouldBe(error);
    }
}
