using System.Net.Http.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Infrastructure.Hosting;

/// <summary>Bytes that no ordinary client sends, on sockets of their own.</summary>
public sealed class HostileConnectionTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Chat = "/v1/chat/completions";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/API/ADMIN/accounts")]
    [InlineData("/api/admin/../admin/accounts")]
    [InlineData("/v1/../api/admin/accounts")]
    [InlineData("/v1/%2e%2e/api/admin/accounts")]
    [InlineData("/v1/%2E./api/admin/accounts")]
    [InlineData("/v1/..%2fapi/admin/accounts")]
    [InlineData("/v1/..%2Fapi%2Fadmin%2Faccounts")]
    [InlineData("/v1/%2e%2e%2fapi/admin/accounts")]
    [InlineData("/v1/models/../../api/admin/accounts")]
    [InlineData("/v1/models/..%2f..%2fapi%2fadmin%2faccounts")]
    [InlineData("/v1/models/%2e%2e%5c..%5capi%5cadmin%5caccounts")]
    [InlineData("/healthz/../api/admin/accounts")]
    [InlineData("/healthz/..%2fapi/admin/accounts")]
    [InlineData("//api/admin/accounts")]
    [InlineData("/api//admin/accounts")]
    [InlineData("/api/admin/accounts/")]
    [InlineData("/api/admin/accounts;x")]
    [InlineData("/api;x/admin/accounts")]
    [InlineData("/api/admin/accounts%20")]
    [InlineData("/api/admin/accounts%00")]
    [InlineData("/%61pi/admin/accounts")]
    [InlineData("http://elsewhere/api/admin/accounts")]
    public async Task B38_no_spelling_of_a_path_opens_a_guarded_door(string path)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { models = new[] { "gpt-5-mini" } });

        var asNobody = await RawHttp.SendAsync(gateway.Server.Url, "GET", path);
        var withApiKey = await RawHttp.SendAsync(gateway.Server.Url, "GET", path, $"Authorization: Bearer {tenant.Key}\r\n");

        asNobody.Status.ShouldBeOneOf([400, 401, 404], asNobody.Text);
        withApiKey.Status.ShouldBeOneOf([400, 401, 404], withApiKey.Text);
        asNobody.Text.ShouldNotContain("\"items\"");
        withApiKey.Text.ShouldNotContain("\"items\"");
    }

    [Fact]
    public async Task B10_a_bearer_of_a_megabyte_is_refused_and_one_that_just_fits_is_no_key()
    {
        var fits = await RawHttp.SendAsync(gateway.Server.Url, "POST", Chat, $"Authorization: Bearer sk-{new string('x', 30_000)}\r\nContent-Type: application/json\r\n", "{}");
        using var raw = await RawHttp.ConnectAsync(gateway.Server.Url);
        await raw.SendAsync(raw.Head("POST", Chat, $"Authorization: Bearer sk-{new string('x', 1024 * 1024)}\r\n"));
        var tooLong = await raw.ReadAsync();

        fits.Status.ShouldBe(401);
        fits.Text.ShouldContain("invalid_api_key");

        // The server says 431 and closes; the rest of the megabyte may overtake the answer with a reset.
        tooLong.Status.ShouldBeOneOf(431, 0);
        (await RawHttp.SendAsync(gateway.Server.Url, "GET", "/healthz")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("Authorization: Bearer sk-\0\r\n", 400)]
    [InlineData("Authorization: Bearer \u00ff\u00fe\r\n", 400, 401)]
    [InlineData("Authorization: Bearer %00\r\n", 401)]
    [InlineData("x-api-key: sk-\0\r\n", 400)]
    public async Task B10_a_NUL_or_no_ASCII_is_no_key(string header, params int[] statuses)
    {
        var reply = await RawHttp.SendAsync(gateway.Server.Url, "POST", Chat, header + "Content-Type: application/json\r\n", "{}");

        reply.Status.ShouldBeOneOf(statuses);
    }

    [Theory]
    [InlineData("anthropic-beta: a\rx-evil: 1\r\n")]
    [InlineData("anthropic-version: a\0b\r\n")]
    [InlineData("idempotency-key: a\r\r\nx-evil: 1\r\n")]
    public async Task B09_a_header_that_would_become_two_is_400(string header)
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);

        var reply = await RawHttp.SendAsync(
            gateway.Server.Url, "POST", "/v1/messages", $"{header}x-api-key: {tenant.Key}\r\nContent-Type: application/json\r\n", """{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":"x"}]}""");

        reply.Status.ShouldBe(400);
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    // Metadata is text for the platform, and stays what it is: nothing of it goes into a header.
    [Fact]
    public async Task B09_line_ends_in_metadata_become_no_header()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync(
            "/v1/messages",
            new { model = "claude-sonnet-4-5", max_tokens = 9, messages = new[] { new { role = "user", content = "x" } }, metadata = new { user_id = "me\r\nx-evil: 1" } },
            Cancel);

        ((int)response.StatusCode).ShouldBe(200);
        var request = tenant.Upstream.Requests.ShouldHaveSingleItem();
        request.Headers.Keys.ShouldNotContain("x-evil");
        request.Headers.ShouldAllBe(header => !header.Value.ToString().Contains("x-evil"));
    }

    [Fact]
    public async Task B45_a_body_that_announces_too_much_is_413_before_it_comes()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var raw = await RawHttp.ConnectAsync(gateway.Server.Url);

        await raw.SendAsync(raw.Head("POST", "/v1/messages", $"x-api-key: {tenant.Key}\r\nContent-Type: application/json\r\nContent-Length: {33 * 1024 * 1024}\r\n"));
        var reply = await raw.ReadAsync();

        reply.Status.ShouldBe(413);
        reply.Text.ShouldContain("request_too_large");
    }

    [Fact]
    public async Task B45_a_chunked_body_without_end_is_413_when_it_has_become_too_large()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var raw = await RawHttp.ConnectAsync(gateway.Server.Url);
        await raw.SendAsync(raw.Head("POST", Chat, $"Authorization: Bearer {tenant.Key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"));
        var chunk = $"10000\r\n{new string(' ', 0x10000)}\r\n";
        var chunks = 0;
        while (!raw.HasReply && await raw.SendAsync(chunk))
        {
            (++chunks).ShouldBeLessThan(2000, "125 MB were taken");
        }

        var reply = await raw.ReadAsync();

        reply.Status.ShouldBe(413, reply.Text);
        chunks.ShouldBeGreaterThan(500, "32 MB are allowed");
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task B45_a_management_body_over_a_megabyte_is_413()
    {
        using var raw = await RawHttp.ConnectAsync(gateway.Server.Url);

        await raw.SendAsync(raw.Head("POST", "/api/auth/login", $"Content-Type: application/json\r\nContent-Length: {(1024 * 1024) + 1}\r\n"));

        (await raw.ReadAsync()).Status.ShouldBe(413);
    }

    [Fact]
    public async Task B43_connections_are_capped_and_free_ones_are_used_again()
    {
        await using var server = await GatewayServer.StartAsync(settings: new Dictionary<string, string> { ["Gateway:MaxConnections"] = "3" });
        var held = new List<RawHttp>();
        await Eventually.HoldsAsync(async () =>
        {
            // Kept open by a request of which the end is missing; one that found no place is opened anew.
            foreach (var ended in held.Where(raw => raw.HasReply).ToList())
            {
                held.Remove(ended);
                ended.Dispose();
            }

            while (held.Count < 3)
            {
                var raw = await RawHttp.ConnectAsync(server.Url);
                await raw.SendAsync("GET /healthz HTTP/1.1\r\n");
                held.Add(raw);
            }

            return (await RawHttp.SendAsync(server.Url, "GET", "/healthz")).Status == 0;
        });

        held[0].Dispose();
        await Eventually.HoldsAsync(async () => (await RawHttp.SendAsync(server.Url, "GET", "/healthz")).Status == 200);
        held.ForEach(raw => raw.Dispose());
    }
}
