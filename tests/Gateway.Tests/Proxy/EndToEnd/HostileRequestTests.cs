using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Inspection;
using Gateway.Tests.Support;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Bodies and headers that are made to hurt, through the whole program: refused in the client's dialect, in bounded time, and nobody else notices.</summary>
public sealed class HostileRequestTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Chat = "/v1/chat/completions";
    private const string Messages = "/v1/messages";

    private static readonly TimeSpan Bounded = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task B12_a_key_that_is_taken_back_is_refused_by_every_instance_within_five_seconds()
    {
        using var store = TestStorage.Create();
        await using var here = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        await using var there = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        using var admin = await here.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        using var client = tenant.CreateClient(there);
        var path = $"/api/admin/api-keys/{tenant.ApiKeyId}";
        await BecomesAsync(200);

        await admin.PutDataAsync(path, new { enabled = false });
        await BecomesAsync(401);
        await admin.PutDataAsync(path, new { enabled = true });
        await BecomesAsync(200);
        await admin.PutDataAsync(path, new { expires_at = "2020-01-01T00:00:00Z" });
        await BecomesAsync(401);
        await admin.PutDataAsync(path, new Dictionary<string, object?> { ["expires_at"] = null });
        await BecomesAsync(200);
        var rotated = await admin.PostDataAsync($"{path}/rotate", new { });
        await BecomesAsync(401);
        client.DefaultRequestHeaders.Authorization = new("Bearer", rotated.GetProperty("key").GetString());
        await BecomesAsync(200);
        (await admin.DeleteAsync(path, Cancel)).Dispose();
        await BecomesAsync(401);

        Task BecomesAsync(int status) => Eventually.HoldsAsync(
            async () =>
            {
                using var response = await client.GetAsync("/v1/models", Cancel);
                return (int)response.StatusCode == status;
            },
            within: TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task B18_forwarded_headers_mean_nothing_from_a_stranger()
    {
        var tied = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, key: new { allowed_ips = new[] { "10.1.2.3/32" } });
        var free = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var tiedClient = Forge(tied.CreateClient(gateway.Server));
        using var freeClient = Forge(free.CreateClient(gateway.Server));

        using var refused = await tiedClient.PostAsJsonAsync(Chat, Bodies.Chat("hi"), Cancel);
        using var accepted = await freeClient.PostAsJsonAsync(Chat, Bodies.Chat("hi"), Cancel);

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await free.RequestLogAsync(accepted.RequestId())).GetProperty("client_ip").GetString().ShouldBe("127.0.0.1");
        free.Upstream.Requests.Single().Headers.Keys.ShouldNotContain(name => name.StartsWith("x-forwarded", StringComparison.OrdinalIgnoreCase) || name == "forwarded");
        accepted.Headers.ToString().ShouldNotContain("elsewhere");
    }

    [Fact]
    public async Task B18_a_configured_proxy_is_believed()
    {
        await using var server = await GatewayServer.StartAsync(settings: new Dictionary<string, string> { ["Gateway:TrustedProxies:0"] = "127.0.0.0/8" });
        using var admin = await server.CreateAdminClientAsync();
        var tied = await Tenant.OpenAiAsync(admin, simulator.Server, key: new { allowed_ips = new[] { "10.1.2.3/32" } });
        using var client = Forge(tied.CreateClient(server));

        using var accepted = await client.PostAsJsonAsync(Chat, Bodies.Chat("hi"), Cancel);

        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task B18_another_forwarded_address_for_each_guess_escapes_no_throttle()
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = server.CreateClient();
        var throttled = false;
        for (var i = 0; i < 12 && !throttled; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login") { Content = JsonContent.Create(new { username = "admin", password = "a wrong password" }) };
            request.Headers.Add("x-forwarded-for", $"10.0.0.{i}");
            using var response = await client.SendAsync(request, Cancel);
            throttled = (int)response.StatusCode == 429;
        }

        throttled.ShouldBeTrue();
    }

    [Theory]
    [InlineData("depth")]
    [InlineData("members")]
    [InlineData("model of 31 MB")]
    [InlineData("escapes of 31 MB with half a pair at their end")]
    [InlineData("byte order mark")]
    [InlineData("UTF-16")]
    [InlineData("trailing data")]
    public async Task B46_a_body_that_is_made_to_take_long_is_400_in_bounded_time_and_harms_nobody(string what)
    {
        const string Start = """{"model":"gpt-5-mini","messages":[{"role":"user","content":""";
        const int Large = 31 * 1024 * 1024;
        byte[] body = what switch
        {
            "depth" => Encoding.UTF8.GetBytes($"{Start}{new string('[', 100_000)}"),
            "members" => Encoding.UTF8.GetBytes($$"""{{Start}}"x"}],"metadata":{ {{string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => $"\"k{i}\":1"))}} } }"""),
            "model of 31 MB" => Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":"x"}],"model":"{{new string('x', Large)}}"}"""),
            "escapes of 31 MB with half a pair at their end" => Encoding.UTF8.GetBytes($$"""{{Start}}"{{string.Concat(Enumerable.Repeat("\\u0061", Large / 6))}}\ud800"}]}"""),
            "byte order mark" => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($$"""{{Start}}"x"}]}""")],
            "UTF-16" => Encoding.Unicode.GetBytes($$"""{{Start}}"x"}]}"""),
            _ => Encoding.UTF8.GetBytes($$"""{{Start}}"x"}]} {}"""),
        };
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        var good = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        using var goodClient = good.CreateClient(gateway.Server);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(Bounded);

        var hostile = client.PostAsync(Chat, content, bound.Token);
        using var meanwhile = await goodClient.PostAsJsonAsync(Chat, Bodies.Chat("hi"), bound.Token);
        using var response = await hostile;

        (await ErrorAsync(response, 400)).GetProperty("type").GetString().ShouldBe("invalid_request_error");
        meanwhile.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task B46_a_text_of_31_MB_is_passed_on_in_bounded_time()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(Bounded);

        using var response = await client.PostAsJsonAsync(Chat, Bodies.Chat(new string('x', 31 * 1024 * 1024)), bound.Token);

        ((int)response.StatusCode).ShouldBeLessThan(500);
        tenant.Upstream.Requests.ShouldHaveSingleItem().Body.Length.ShouldBeGreaterThan(31 * 1024 * 1024);
    }

    [Fact]
    public async Task B48_every_checked_member_of_a_chat_refuses_every_other_type_in_OpenAIs_dialect()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);

        await RefusesAsync(tenant, Chat, new OpenAiChatFormat().Shape(Operation.Generate), (error, field) =>
        {
            error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
            error.GetProperty("param").GetString().ShouldBe(field);
        });
    }

    [Theory]
    [InlineData(Messages, false)]
    [InlineData(Messages + "/count_tokens", true)]
    public async Task B48_every_checked_member_of_a_message_refuses_every_other_type_in_Claudes_dialect(string path, bool isCount)
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);

        await RefusesAsync(tenant, path, new ClaudeFormat().Shape(isCount ? Operation.CountTokens : Operation.Generate), (error, field) =>
        {
            error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
            error.GetProperty("message").GetString()!.ShouldContain(field);
        });
    }

    [Theory]
    [InlineData("tools")]
    [InlineData("system")]
    [InlineData("messages")]
    public async Task B51_ten_thousand_entries_are_answered_in_bounded_time(string member)
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var many = Enumerable.Range(0, 10_000);
        var body = new Dictionary<string, object>
        {
            ["model"] = "claude-sonnet-4-5",
            ["max_tokens"] = 9,
            ["messages"] = new[] { new { role = "user", content = "x" } },
        };
        body[member] = member switch
        {
            "tools" => many.Select(i => new { name = $"tool_{i}", description = "d", input_schema = new { type = "object" } }),
            "system" => many.Select(i => new { type = "text", text = $"Rule {i}." }),
            _ => many.Select(i => new { role = i % 2 == 0 ? "user" : "assistant", content = $"{i}" }),
        };
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(Bounded);

        using var response = await client.PostAsJsonAsync(Messages, body, bound.Token);

        ((int)response.StatusCode).ShouldBeLessThan(500);
        tenant.Upstream.Requests.ShouldHaveSingleItem();
    }

    /// <summary>For each rule of a shape, every JSON type and bound that it does not accept; all other members are in order.</summary>
    private async Task RefusesAsync(Tenant tenant, string path, RequestShape shape, Action<JsonElement, string> check)
    {
        using var client = tenant.CreateClient(gateway.Server);
        var sent = 0;
        foreach (var rule in shape.Rules)
        {
            foreach (var value in Wrong(rule))
            {
                var body = JsonSerializer.SerializeToNode(new
                {
                    model = path == Chat ? "gpt-5-mini" : "claude-sonnet-4-5",
                    messages = new[] { new { role = "user", content = "x" } },
                    max_tokens = 9,
                })!.AsObject();
                body[rule.Name] = System.Text.Json.Nodes.JsonNode.Parse(value);

                using var response = await client.PostAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), Cancel);

                check(await ErrorAsync(response, 400, $"{rule.Name} = {value}"), rule.Name);
                sent++;
            }
        }

        sent.ShouldBeGreaterThan(20);
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    private static IEnumerable<string> Wrong(FieldRule rule)
    {
        var takesNumbers = (rule.Kinds & (JsonKinds.Number | JsonKinds.Integer)) != 0;
        (JsonKinds Kind, string Value)[] samples =
        [
            (JsonKinds.String, "\"text\""), (JsonKinds.Boolean, "true"), (JsonKinds.Array, "[]"), (JsonKinds.Object, "{}"), (JsonKinds.Null, "null"),
            (JsonKinds.Number | JsonKinds.Integer, "1"),
        ];
        foreach (var (kind, value) in samples.Where(sample => (rule.Kinds & sample.Kind) == 0))
        {
            yield return value;
        }

        if (takesNumbers && (rule.Kinds & JsonKinds.Number) == 0)
        {
            yield return "1.5";
        }

        if (takesNumbers && double.IsFinite(rule.Least))
        {
            yield return FormattableString.Invariant($"{rule.Least - 1}");
        }

        if (takesNumbers && double.IsFinite(rule.Most) && rule.Most < long.MaxValue)
        {
            yield return FormattableString.Invariant($"{rule.Most + 1}");
        }
    }

    private static HttpClient Forge(HttpClient client)
    {
        client.DefaultRequestHeaders.Add("x-forwarded-for", "10.1.2.3");
        client.DefaultRequestHeaders.Add("x-real-ip", "10.1.2.3");
        client.DefaultRequestHeaders.Add("forwarded", "for=10.1.2.3;host=elsewhere;proto=https");
        client.DefaultRequestHeaders.Add("x-forwarded-host", "elsewhere");
        client.DefaultRequestHeaders.Add("x-forwarded-proto", "https");
        return client;
    }

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage response, int status, string? what = null)
    {
        var body = await response.Content.ReadAsStringAsync(Cancel);
        ((int)response.StatusCode).ShouldBe(status, $"{what}: {body}");
        return JsonSerializer.Deserialize<JsonElement>(body).GetProperty("error");
    }
}
