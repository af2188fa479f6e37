using Gateway.Tests.Support;

namespace Gateway.Tests.Infrastructure.OpenApi;

/// <summary>Every operation of the management API, as the published document lists them: so that a new slice is covered on the day it is written.</summary>
public sealed class ByIdRoutesTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task B24_another_users_ids_open_nothing_on_any_by_id_route()
    {
        var key = await gateway.Admin.CreateKeyAsync();
        using var stranger = await gateway.Admin.CreatePersonAsync();
        var operations = (await OperationsAsync()).Where(operation => operation.Path.Contains("{id}", StringComparison.Ordinal)).ToList();
        operations.ShouldNotBeEmpty();

        foreach (var (method, path) in operations)
        {
            var id = path.Contains("/users/", StringComparison.Ordinal) ? 1 : key.Id();
            using var response = await stranger.Client.SendRawAsync(new HttpMethod(method), path.Replace("{id}", id.Invariant(), StringComparison.Ordinal), "{}");

            // Not even whether the id exists: 404 where a user has things of their own, 403 where only administrators have.
            ((int)response.StatusCode).ShouldBeOneOf([403, 404], $"{method} {path}");
        }

        (await gateway.Admin.GetDataAsync($"/api/admin/api-keys/{key.Id()}")).GetProperty("enabled").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_gets_through_any_management_route_without_logging_in()
    {
        using var nobody = gateway.Server.CreateClient();
        var operations = (await OperationsAsync()).Where(operation => operation.Path != "/api/auth/login").ToList();
        operations.ShouldNotBeEmpty();

        foreach (var (method, path) in operations)
        {
            using var response = await nobody.SendRawAsync(new HttpMethod(method), path.Replace("{id}", "1", StringComparison.Ordinal), "{}");

            ((int)response.StatusCode).ShouldBe(401, $"{method} {path}");
        }
    }

    private async Task<IEnumerable<(string Method, string Path)>> OperationsAsync()
    {
        using var client = gateway.Server.CreateClient();
        var document = new OpenApiDocument(await client.GetStringAsync("/openapi/v1.json", Cancel));
        return document.Operations.Where(operation => operation.Path.StartsWith("/api/", StringComparison.Ordinal)).ToList();
    }
}
