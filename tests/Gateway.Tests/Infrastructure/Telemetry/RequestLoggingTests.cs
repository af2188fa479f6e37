using System.Net.Http.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Infrastructure.Telemetry;

/// <summary>One line for each request, with what it was and its id, and with nothing that is secret.</summary>
public sealed class RequestLoggingTests(SharedSimulator simulator)
{
    private const string Secret = "sk-canary-of-this-test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_management_call_is_one_line_with_route_status_time_user_and_id()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        using var missing = await admin.GetAsync("/api/admin/users/4711", Cancel);

        var line = await LineAsync(server, missing.RequestId());

        line.ShouldContain(" info  main GET /api/admin/users/{id:long} 404 in ");
        line.ShouldEndWith($" ms, user admin [{missing.RequestId()}]");
        line.ShouldNotContain("4711");
    }

    [Theory]
    [InlineData("/api/auth/login", 401)]
    [InlineData("/api/admin/no-such-thing", 404)]
    public async Task What_nobody_was_admitted_for_is_logged_too(string path, int status)
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = server.CreateClient();

        using var response = await client.PostAsJsonAsync($"{path}?token={Secret}", new { username = "nobody", password = Secret }, Cancel);

        (await LineAsync(server, response.RequestId())).ShouldContain($" {status} in ");
        server.Output.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task An_unexpected_failure_is_logged_with_route_and_id()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await using (var services = await TestServices.OpenAsync(server))
        {
            await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(
                services.Database.Database, "ALTER TABLE model_aliases RENAME TO away", Cancel);
        }

        using var response = await admin.GetAsync("/api/admin/model-aliases", Cancel);

        await response.ErrorAsync(503);
        (await LineAsync(server, response.RequestId(), " 503 in ")).ShouldContain("GET /api/admin/model-aliases 503");
    }

    [Fact]
    public async Task Proxied_requests_and_health_checks_are_lines_only_at_level_debug()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        using var client = tenant.CreateClient(server);
        using var quiet = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
        using var health = await client.GetAsync("/healthz", Cancel);
        await admin.PutDataAsync("/api/admin/configs/log.level.proxy", new { value = "debug" });

        using var loud = await client.PostAsJsonAsync($"/v1/chat/completions?key={tenant.Key}", Bodies.Chat("hi"), Cancel);

        (await LineAsync(server, loud.RequestId(), " in ")).ShouldContain("debug proxy POST /v1/chat/completions 200");
        server.Output.ShouldNotContain(quiet.RequestId());
        server.Output.ShouldNotContain(health.RequestId());
        server.Output.ShouldNotContain(tenant.Key);
    }

    private static async Task<string> LineAsync(GatewayServer server, string requestId, string with = "")
    {
        string? line = null;
        await Eventually.HoldsAsync(() =>
        {
            line = server.Output.Split(Environment.NewLine)
                .FirstOrDefault(text => text.Contains(requestId, StringComparison.Ordinal) && text.Contains(with, StringComparison.Ordinal));
            return line is not null;
        });
        return line!;
    }
}
