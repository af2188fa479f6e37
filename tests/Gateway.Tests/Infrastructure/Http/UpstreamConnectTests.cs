using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Infrastructure.Http;

namespace Gateway.Tests.Infrastructure.Http;

/// <summary>What a connection may lead to, whatever was saved (B02 to B07).</summary>
public sealed class UpstreamConnectTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_that_now_leads_inside_gets_no_connection()
    {
        await using var trap = LoopbackListener.StartHttp();
        var answers = new Queue<string>(["93.184.216.34", "127.0.0.1"]);
        var policy = new UpstreamAddressPolicy(
            Policies.NothingPrivate with { AllowedPorts = new HashSet<int> { trap.Port } },
            TimeProvider.System,
            (_, _) => Task.FromResult(new[] { IPAddress.Parse(answers.Dequeue()) }));
        (await policy.CheckWhenSavedAsync($"https://rebound.example:{trap.Port}", AddressUse.Base, Cancel)).ShouldBeNull();

        var failure = await FailureAsync(policy, $"https://rebound.example:{trap.Port}/");

        failure.Message.ShouldContain("127.0.0.1");
        trap.Received.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://0x7f000001:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://localhost.example:{0}/")]
    [InlineData("http://mixed.example:{0}/")]
    [InlineData("https://127.0.0.1:{0}/")]
    public async Task A_forbidden_target_is_refused_at_connect_too(string url)
    {
        await using var trap = LoopbackListener.StartHttp();
        var policy = Policies.Create(
            Policies.NothingPrivate, ("localhost.example", ["127.0.0.1"]), ("mixed.example", ["93.184.216.34", "127.0.0.1"]));

        await FailureAsync(policy, string.Format(System.Globalization.CultureInfo.InvariantCulture, url, trap.Port));

        trap.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_forbidden_address_of_a_name_forbids_the_allowed_one_too()
    {
        await using var trap = LoopbackListener.StartHttp();
        var policy = Policies.Create(Policies.LoopbackAllowed, ("mixed.example", ["127.0.0.1", "10.0.0.7"]));

        (await FailureAsync(policy, $"http://mixed.example:{trap.Port}/")).Message.ShouldContain("10.0.0.7");

        trap.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task Checked_addresses_are_tried_in_order_and_the_name_is_resolved_once()
    {
        await using var server = LoopbackListener.StartHttp(address: IPAddress.Parse("127.0.0.3"));
        var lookups = 0;
        var policy = new UpstreamAddressPolicy(Policies.LoopbackAllowed, TimeProvider.System, (_, _) =>
        {
            lookups++;
            return Task.FromResult(new[] { IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3") });
        });

        using var response = await SendAsync(policy, $"http://two.example:{server.Port}/");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        lookups.ShouldBe(1);
    }

    [Fact]
    public async Task When_no_address_answers_the_last_failure_is_told()
    {
        var server = LoopbackListener.StartHttp();
        var port = server.Port;
        await server.DisposeAsync();
        var policy = Policies.Create(Policies.LoopbackAllowed, ("two.example", ["127.0.0.2", "127.0.0.1"]));

        var failure = await Should.ThrowAsync<HttpRequestException>(SendAsync(policy, $"http://two.example:{port}/"));

        failure.InnerException.ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task A_redirect_is_handed_back_and_not_followed()
    {
        await using var trap = LoopbackListener.StartHttp();
        await using var server = LoopbackListener.Start(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{trap.Port}/\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        var policy = Policies.Create(Policies.LoopbackAllowed);

        using var response = await SendAsync(policy, $"http://127.0.0.1:{server.Port}/");

        response.StatusCode.ShouldBe(HttpStatusCode.Found);
        trap.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_carries_nothing_that_was_not_put_into_it()
    {
        await using var server = LoopbackListener.StartHttp("Set-Cookie: session=1\r\n");
        using var invoker = new HttpMessageInvoker(new UpstreamHandlers(Policies.Create(Policies.LoopbackAllowed)).Create());
        using var activity = new System.Diagnostics.Activity("test").Start();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{server.Port}/path");
            using var response = await invoker.SendAsync(request, Cancel);
        }

        var sent = server.Received.Select(Encoding.ASCII.GetString).ToArray();

        sent.ShouldBe([$"GET /path HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\n\r\n", $"GET /path HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\n\r\n"]);
    }

    [Fact]
    public async Task With_an_http_proxy_every_request_goes_through_it_with_its_password()
    {
        await using var proxy = LoopbackListener.StartHttp();
        await using var upstream = LoopbackListener.StartHttp();
        var policy = Policies.Create(Policies.LoopbackAllowed);

        await Should.ThrowAsync<HttpRequestException>(SendAsync(policy, "https://api.example.com/", $"http://127.0.0.1:{proxy.Port}"));
        using var plain = await SendAsync(policy, $"http://127.0.0.1:{upstream.Port}/", $"http://127.0.0.1:{proxy.Port}");

        Encoding.ASCII.GetString(proxy.Received[0]).ShouldStartWith("CONNECT api.example.com:443 HTTP/1.1\r\n");
        Encoding.ASCII.GetString(proxy.Received[1]).ShouldStartWith($"GET http://127.0.0.1:{upstream.Port}/ HTTP/1.1\r\n");
        upstream.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_socks_proxy_is_spoken_to_in_socks()
    {
        await using var proxy = LoopbackListener.Start([5, 0xff]);
        var policy = Policies.Create(Policies.LoopbackAllowed);

        await Should.ThrowAsync<HttpRequestException>(SendAsync(policy, "https://api.example.com/", $"socks5://user:secret@127.0.0.1:{proxy.Port}"));

        proxy.Received.ShouldHaveSingleItem()[0].ShouldBe((byte)5);
    }

    [Fact]
    public async Task A_proxy_whose_name_leads_inside_gets_no_connection()
    {
        await using var trap = LoopbackListener.StartHttp();
        var policy = Policies.Create(Policies.NothingPrivate, ("proxy.example", ["127.0.0.1"]));

        var failure = await Should.ThrowAsync<HttpRequestException>(SendAsync(policy, "https://api.example.com/", $"http://proxy.example:{trap.Port}"));

        failure.InnerException.ShouldBeOfType<ForbiddenAddressException>();
        trap.Received.ShouldBeEmpty();
    }

    [Fact]
    public void A_handler_is_hardened()
    {
        using var handler = new UpstreamHandlers(Policies.Create(Policies.NothingPrivate)).CreatePool(connectLimitSeconds: 10);

        handler.UseCookies.ShouldBeFalse();
        handler.UseProxy.ShouldBeFalse();
        handler.AllowAutoRedirect.ShouldBeFalse();
        handler.AutomaticDecompression.ShouldBe(DecompressionMethods.None);
        handler.ActivityHeadersPropagator.ShouldBeNull();
        handler.ConnectTimeout.ShouldBe(TimeSpan.FromSeconds(10));
        handler.PooledConnectionIdleTimeout.ShouldBe(TimeSpan.FromMinutes(5));
        handler.MaxConnectionsPerServer.ShouldBe(int.MaxValue);
    }

    private static async Task<ForbiddenAddressException> FailureAsync(UpstreamAddressPolicy policy, string url)
    {
        var failure = await Should.ThrowAsync<HttpRequestException>(SendAsync(policy, url));
        return failure.InnerException.ShouldBeOfType<ForbiddenAddressException>();
    }

    private static async Task<HttpResponseMessage> SendAsync(UpstreamAddressPolicy policy, string url, string? proxyUrl = null)
    {
        using var invoker = new HttpMessageInvoker(new UpstreamHandlers(policy).Create(proxyUrl));
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await invoker.SendAsync(request, Cancel);
    }
}
