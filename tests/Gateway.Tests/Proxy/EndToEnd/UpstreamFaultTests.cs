using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>F23: upstreams that send what is no answer, or no end of it.</summary>
public sealed class UpstreamFaultTests(OwnGateway gateway, SharedSimulator simulator) : IClassFixture<OwnGateway>
{
    private const long Megabyte = 1024 * 1024;
    private const string Chunked = "Transfer-Encoding: chunked\r\n\r\n";
    private const string Json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private const string EventStream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
    private const string Content = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\n";

    // A chunk of an event or of a document that goes on.
    private static readonly string Filler = $"1000\r\n{new string('x', 0x1000)}\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nothing at all", "")]
    [InlineData("another protocol", "\x15\x03\x01\x00\x02\x02\x28")]
    [InlineData("a text", "Back soon\r\n\r\n")]
    [InlineData("half a status line", "HTTP/1.1 2")]
    [InlineData("a status that is none", "HTTP/1.1 2OO OK\r\n\r\n")]
    [InlineData("half of the headers", "HTTP/1.1 200 OK\r\nContent-Ty")]
    [InlineData("a length that is too long", Json + "Content-Length: 100\r\n\r\n{\"id\":\"c\"")]
    [InlineData("a length that nobody could read", Json + "Content-Length: 10000000000\r\n\r\n{\"id\":\"c\"")]
    [InlineData("a chunk without a size", Json + Chunked + "zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("a chunk that is cut", Json + Chunked + "ff\r\n{\"id\":")]
    [InlineData("chunks without an end", Json + Chunked + "2\r\n{}\r\n")]
    [InlineData("a stream without events", EventStream + Chunked + "0\r\n\r\n")]
    [InlineData("a stream that is cut in its first event", EventStream + Chunked + "ff\r\ndata: {")]
    public async Task F23_what_is_no_answer_of_HTTP_is_the_upstreams_fault(string what, string bytes)
    {
        foreach (var stream in new[] { false, true })
        {
            await using var upstream = new RawUpstream(bytes);
            var (tenant, client) = await TenantOfAsync(upstream);
            using (client)
            {
                using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", stream), Cancel);

                response.StatusCode.ShouldBe(HttpStatusCode.BadGateway, what);
                (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("type").GetString().ShouldBe("server_error");
                await SettlesAsync(tenant, response);
            }
        }
    }

    [Theory]
    [InlineData("10", "{\"id\":\"c\",\"choices\":[]}HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("-5", "{\"id\":\"c\"")]
    [InlineData("99999999999999999999", "{\"id\":\"c\"")]
    [InlineData("9\r\nContent-Length: 5\r\nConnection: close", "{\"id\":\"c\"")]
    public async Task F23_a_wrong_length_leaves_no_answer_that_could_be_read_and_nothing_for_the_next_request(string length, string body)
    {
        await using var upstream = new RawUpstream($"{Json}Content-Length: {length}\r\n\r\n{body}");
        var (tenant, client) = await TenantOfAsync(upstream);
        using (client)
        {
            for (var i = 0; i < 3; i++)
            {
                using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

                response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
            }
        }

        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBe(["server"], "three in a minute are no accident");
    }

    [Theory]
    [InlineData("headers", "HTTP/1.1 200 OK\r\n", "x-filler: 0123456789\r\n", 8)]
    [InlineData("one header", "HTTP/1.1 200 OK\r\nx-filler: ", "0123456789", 8)]
    [InlineData("a body", Json + Chunked, null, 80)]
    [InlineData("a body without chunks", Json + "Connection: close\r\n\r\n", " ", 80)]
    [InlineData("a line", EventStream + Chunked + "6\r\ndata: \r\n", null, 40)]
    [InlineData("comments", EventStream + "Connection: close\r\n\r\n", ": processing\n\n", 40)]
    [InlineData("empty lines", EventStream + "Connection: close\r\n\r\n", "\n", 40)]
    public async Task F23_an_answer_without_end_is_read_no_further_than_its_limit(string what, string start, string? endless, int mostMegabytes)
    {
        await using var upstream = new RawUpstream(start, endless ?? Filler, most: 200 * Megabyte);
        var (tenant, client) = await TenantOfAsync(upstream);
        using (client)
        {
            using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);

            response.StatusCode.ShouldBe(HttpStatusCode.BadGateway, what);
            await SettlesAsync(tenant, response);
            upstream.SentBytes.ShouldBeLessThan(mostMegabytes * Megabyte);
        }
    }

    [Theory]
    [InlineData(401)]
    [InlineData(500)]
    public async Task F23_a_refusal_without_end_is_read_no_further_than_its_limit(int status)
    {
        await using var upstream = new RawUpstream($"HTTP/1.1 {status} No\r\nContent-Type: application/json\r\n{Chunked}", Filler, most: 200 * Megabyte);
        var (_, client) = await TenantOfAsync(upstream);
        using (client)
        {
            using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

            response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
            upstream.SentBytes.ShouldBeLessThan(32 * Megabyte);
        }
    }

    [Fact]
    public async Task F23_a_line_without_end_behind_content_ends_the_stream_with_an_error()
    {
        await using var upstream = new RawUpstream($"{EventStream}{Chunked}{Content.Length:x}\r\n{Content}\r\n6\r\ndata: \r\n", Filler, most: 200 * Megabyte);
        var (tenant, client) = await TenantOfAsync(upstream);
        using (client)
        {
            using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);

            var text = await response.Content.ReadAsStringAsync(Cancel);
            text.ShouldStartWith(Content);
            text.ShouldContain("\"error\":");
            text.ShouldNotContain("[DONE]");
            text.Length.ShouldBeLessThan(2000);
            await SettlesAsync(tenant, response);
            upstream.SentBytes.ShouldBeLessThan(40 * Megabyte);
        }
    }

    [Fact]
    public async Task F23_answers_without_end_leave_the_memory_as_it_was()
    {
        await using var line = new RawUpstream(EventStream + Chunked + "6\r\ndata: \r\n", Filler, most: 200 * Megabyte);
        await using var body = new RawUpstream(Json + Chunked, Filler, most: 200 * Megabyte);
        await AskBothAsync(); // Buffers that are kept for later are made once.
        var before = ResidentBytes();

        for (var i = 0; i < 4; i++)
        {
            await AskBothAsync();
        }

        (ResidentBytes() - before).ShouldBeLessThan(64 * Megabyte);

        async Task AskBothAsync()
        {
            foreach (var upstream in new[] { line, body })
            {
                var (_, client) = await TenantOfAsync(upstream);
                using (client)
                {
                    using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);
                    response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
                }
            }
        }
    }

    [Fact]
    public async Task F23_another_account_answers_in_the_place_of_one_that_sends_garbage()
    {
        await using var upstream = new RawUpstream("Back soon\r\n\r\n");
        var (tenant, client) = await TenantOfAsync(upstream);
        using (client)
        {
            var (second, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 9 });
            second.Default = global::Simulator.ScriptedAnswer.Text("second-account");

            using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

            (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("second-account");
            (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBe(["truncated"]);
        }
    }

    private long ResidentBytes()
    {
        using var process = Process.GetProcessById(gateway.Server.ProcessId);
        return process.WorkingSet64;
    }

    private async Task<(Tenant Tenant, HttpClient Client)> TenantOfAsync(RawUpstream upstream)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { base_url = upstream.Url, priority = 1 });
        return (tenant, tenant.CreateClient(gateway.Server));
    }

    /// <summary>The request is on record and costs the client nothing, and the account is left alone for a while.</summary>
    private async Task SettlesAsync(Tenant tenant, HttpResponseMessage response)
    {
        var record = await tenant.UsageRecordAsync(response.RequestId());
        record.GetProperty("status").GetString().ShouldBe("upstream_failed");
        record.GetProperty("billed_usd").GetDecimal().ShouldBe(0);
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBe(["truncated"]);
        await gateway.Admin.BecomesIdleAsync(tenant);
    }
}
