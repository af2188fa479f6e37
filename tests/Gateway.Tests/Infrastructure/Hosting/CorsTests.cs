using Gateway.Tests.Support;

namespace Gateway.Tests.Infrastructure.Hosting;

/// <summary>B19: other origins.</summary>
public sealed class CorsTests(EmbeddedGateway shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task B19_without_configuration_no_origin_is_allowed()
    {
        using var response = await PreflightAsync(shared.Server, "https://evil.example");

        response.Headers.Contains("access-control-allow-origin").ShouldBeFalse();
    }

    [Fact]
    public async Task B19_only_a_configured_origin_may_call_and_never_with_cookies()
    {
        await using var gateway = await GatewayServer.StartAsync(settings: new Dictionary<string, string> { ["Cors:AllowedOrigins:0"] = "https://console.example" });

        using var allowed = await PreflightAsync(gateway, "https://console.example");
        using var foreign = await PreflightAsync(gateway, "https://console.example.evil");

        allowed.Headers.GetValues("access-control-allow-origin").ShouldBe(["https://console.example"]);
        allowed.Headers.Contains("access-control-allow-credentials").ShouldBeFalse();
        foreign.Headers.Contains("access-control-allow-origin").ShouldBeFalse();
    }

    private static async Task<HttpResponseMessage> PreflightAsync(GatewayServer gateway, string origin)
    {
        using var client = gateway.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/auth/login");
        request.Headers.Add("origin", origin);
        request.Headers.Add("access-control-request-method", "POST");
        request.Headers.Add("access-control-request-headers", "content-type");
        return await client.SendAsync(request, Cancel);
    }
}
