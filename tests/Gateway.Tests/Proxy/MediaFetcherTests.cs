using System.Net;
using System.Net.Http.Json;
using Gateway.Infrastructure.Http;
using Gateway.Proxy;
using Gateway.Proxy.Neutral;
using Gateway.Tests.Proxy.Formats;
using Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Proxy;

/// <summary>Files that clients name by their address, for platforms that take bytes.</summary>
public sealed class MediaFetcherTests : IAsyncLifetime
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0];

    private readonly WebApplication _server;
    private readonly SharedSimulator _simulator;
    private int _requests;

    public MediaFetcherTests(SharedSimulator simulator)
    {
        _simulator = simulator;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Use((http, next) =>
        {
            Interlocked.Increment(ref _requests);
            return next(http);
        });
        _server.MapGet("/a.png", () => Results.Bytes(Png, "image/jpeg"));
        _server.MapGet("/a.txt", () => Results.Text("Hello"));
        _server.MapGet("/moved", () => Results.Redirect("/a.png"));
        _server.MapGet("/huge", async (HttpContext http) =>
        {
            for (var i = 0; i < 22; i++)
            {
                await http.Response.Body.WriteAsync(new byte[1024 * 1024], http.RequestAborted);
            }
        });
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Uri Url => new(_server.Urls.Single());

    public async ValueTask InitializeAsync() => await _server.StartAsync(Cancel);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_bytes_take_the_place_of_the_address_also_inside_a_tools_result()
    {
        using var fetcher = Allowed();
        var request = Request(
            new MediaBlock(MediaKind.Image) { Url = $"{Url}a.png" },
            new ToolResultBlock("1", [new MediaBlock(MediaKind.Image) { Url = $"{Url}a.png" }, new MediaBlock(MediaKind.Document) { Url = $"{Url}a.txt" }], IsError: false));

        var (fetched, failure) = await fetcher.FetchAsync(request, _ => true, Cancel);

        failure.ShouldBeNull();
        var blocks = fetched.Turns[0].Blocks;
        ((MediaBlock)blocks[0]).Base64.ShouldBe(Convert.ToBase64String(Png));
        var result = ((ToolResultBlock)blocks[1]).Content.Cast<MediaBlock>().ToList();
        result[0].Base64.ShouldBe(Convert.ToBase64String(Png));
        result[1].Text.ShouldBe("Hello");
        blocks.OfType<MediaBlock>().Concat(result).ShouldAllBe(media => media.Url == null);
        _requests.ShouldBe(2);
    }

    [Theory]
    [InlineData("moved", "redirects are not followed")]
    [InlineData("nothing", "404")]
    [InlineData("huge", "more than 20 MB")]
    public async Task What_cannot_be_had_is_refused_and_says_where_and_why(string path, string said)
    {
        using var fetcher = Allowed();

        var (_, failure) = await fetcher.FetchAsync(Request(new MediaBlock(MediaKind.Image) { Url = $"{Url}{path}" }), _ => true, Cancel);

        failure!.Field.ShouldBe("messages[0]");
        failure.Message.ShouldContain(said);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/x")]
    [InlineData("https://127.0.0.1/x")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[::1]/x")]
    [InlineData("https://[::ffff:10.0.0.1]/x")]
    [InlineData("https://10.0.0.1/x")]
    [InlineData("http://8.8.8.8/x")]
    [InlineData("https://8.8.8.8:8443/x")]
    [InlineData("https://user:secret@8.8.8.8/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://8.8.8.8/x")]
    public async Task Addresses_that_are_not_public_https_are_never_called(string url)
    {
        using var fetcher = MediaFetcher.Create(new UpstreamOptions([], new HashSet<int> { 443 }), TimeProvider.System);

        var (_, failure) = await fetcher.FetchAsync(Request(new MediaBlock(MediaKind.Image) { Url = url }), _ => true, Cancel);

        failure!.Message.ShouldContain("https address");
        failure.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Nine_addresses_are_too_many_and_none_is_called()
    {
        using var fetcher = Allowed();
        var blocks = Enumerable.Range(0, 9).Select(i => (Block)new MediaBlock(MediaKind.Image) { Url = $"{Url}a.png?{i}" }).ToArray();

        var (_, failure) = await fetcher.FetchAsync(Request(blocks), _ => true, Cancel);

        failure!.Message.ShouldContain("at most 8");
        _requests.ShouldBe(0);
    }

    [Fact]
    public async Task A_chats_image_reaches_Gemini_as_its_bytes_where_the_operator_allows_its_network()
    {
        await using var server = await GatewayServer.StartAsync(settings: new Dictionary<string, string> { ["MediaFetch:AllowedNetworks:0"] = "127.0.0.0/8" });
        using var admin = await server.CreateAdminClientAsync();
        var tenant = await Tenant.GeminiAsync(admin, _simulator.Server);
        using var client = tenant.CreateClient(server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Chat($"{Url}a.png"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        var part = tenant.Upstream.Requests.Single().Json.GetProperty("contents")[0].GetProperty("parts")[0].GetProperty("inlineData");
        part.GetProperty("mimeType").GetString().ShouldBe("image/png");

        // Bedrock's Claude takes bytes only: a Claude client's body, which would pass as it is, is converted for that.
        var bedrock = await Tenant.BedrockAsync(admin, _simulator.Server);
        using var claude = bedrock.CreateClient(server);
        claude.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        var image = new { type = "image", source = new { type = "url", url = $"{Url}a.png" } };

        foreach (var stream in new[] { false, true })
        {
            using var fetched = await claude.PostAsJsonAsync(
                "/v1/messages", new { model = "claude-sonnet-4-5", max_tokens = 50, stream, messages = new[] { new { role = "user", content = new object[] { image, new { type = "text", text = "What?" } } } } }, Cancel);

            fetched.StatusCode.ShouldBe(HttpStatusCode.OK, await fetched.Content.ReadAsStringAsync(Cancel));
            (await fetched.Content.ReadAsStringAsync(Cancel)).ShouldContain(stream ? "message_stop" : "You said: What?");
        }

        bedrock.Upstream.Refusals.ShouldBeEmpty();
    }

    private static object Chat(string url) => new
    {
        model = "gemini-2.5-flash",
        messages = new[] { new { role = "user", content = new object[] { new { type = "image_url", image_url = new { url } } } } },
    };

    private static NeutralRequest Request(params Block[] blocks) =>
        Conversion.Decode(Gateway.Proxy.Formats.WireFormat.Claude, """{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}""") with
        {
            Turns = [new Turn(TurnRole.User, blocks, "messages[0]")],
        };

    private static MediaFetcher Allowed() => MediaFetcher.Create(new UpstreamOptions([IPNetwork.Parse("127.0.0.0/8")], new HashSet<int> { 443 }), TimeProvider.System);
}
