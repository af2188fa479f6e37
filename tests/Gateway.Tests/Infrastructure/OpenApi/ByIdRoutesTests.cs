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

    [Fact]
    public async Task No_list_takes_a_filter_that_it_does_not_know()
    {
        var lists = (await ListsAsync()).ToList();
        lists.Count.ShouldBeGreaterThan(10);

        foreach (var path in lists)
        {
            using var response = await gateway.Admin.GetAsync($"{path}?nonsense=1", Cancel);

            (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty("nonsense", out _).ShouldBeTrue(path);
        }
    }

    [Theory]
    [InlineData("page", "0")]
    [InlineData("page", "-1")]
    [InlineData("page", "1e9")]
    [InlineData("page", "99999999999")]
    [InlineData("page_size", "0")]
    [InlineData("page_size", "-1")]
    [InlineData("page_size", "201")]
    [InlineData("page_size", "1000000000")]
    [InlineData("limit", "0")]
    [InlineData("limit", "-1")]
    [InlineData("limit", "1000000000")]
    [InlineData("cursor", "nonsense")]
    [InlineData("offset", "-1")]
    public async Task B25_no_list_gives_more_than_a_page(string parameter, string value)
    {
        foreach (var path in await ListsAsync())
        {
            using var response = await gateway.Admin.GetAsync($"{path}?{parameter}={value}", Cancel);

            // Either it knows the parameter and refuses the value, or it does not know the parameter.
            (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty(parameter, out _).ShouldBeTrue(path);
        }
    }

    [Fact]
    public async Task B25_every_list_that_grows_comes_in_pages()
    {
        foreach (var path in await ListsAsync())
        {
            using var document = await gateway.Admin.GetAsync($"{path}?page_size=1", Cancel);
            using var cursor = await gateway.Admin.GetAsync($"{path}?limit=1", Cancel);
            var isPaged = document.IsSuccessStatusCode || cursor.IsSuccessStatusCode;

            // One row for each platform, and for each area of the cache.
            isPaged.ShouldBe(path is not ("/api/admin/platforms" or "/api/admin/cache"), path);
        }
    }

    /// <summary>Reads of the management API that are about many things: all without an id in their path, but those about one thing.</summary>
    private async Task<IEnumerable<string>> ListsAsync() => (await OperationsAsync())
        .Where(operation => operation.Method == "GET" && !operation.Path.Contains('{', StringComparison.Ordinal))
        .Select(operation => operation.Path)
        .Except(["/api/auth/me", "/api/admin/sync"]);

    [Fact]
    public async Task What_an_administrator_alone_may_do_is_refused_to_a_user_before_the_body_is_looked_at()
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        foreach (var (method, path) in ((string, string)[])[("POST", "/api/admin/accounts"), ("PUT", "/api/admin/users/1"), ("PUT", "/api/admin/configs/log.level")])
        {
            using var response = await person.Client.SendRawAsync(new HttpMethod(method), path, "{");

            await response.ErrorAsync(403);
        }
    }

    [Theory]
    [InlineData("application/json; charset=foo")]
    [InlineData("application/json; charset=iso-8859-1")]
    public async Task A_body_in_another_charset_is_refused(string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/admin/accounts") { Content = new ByteArrayContent("{}"u8.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("content-type", type);

        using var response = await gateway.Admin.SendAsync(request, Cancel);

        await response.ErrorAsync(415);
    }

    [Fact]
    public async Task Every_operation_says_what_it_does()
    {
        using var client = gateway.Server.CreateClient();
        var document = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(await client.GetStringAsync("/openapi/v1.json", Cancel));

        foreach (var path in document.GetProperty("paths").EnumerateObject().Where(path => !path.Name.EndsWith('z')))
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                operation.Value.TryGetProperty("summary", out var summary).ShouldBeTrue($"{operation.Name} {path.Name}");
                summary.GetString().ShouldNotBeNullOrEmpty();
            }
        }
    }

    private async Task<IEnumerable<(string Method, string Path)>> OperationsAsync()
    {
        using var client = gateway.Server.CreateClient();
        var document = new OpenApiDocument(await client.GetStringAsync("/openapi/v1.json", Cancel));
        return document.Operations.Where(operation => operation.Path.StartsWith("/api/", StringComparison.Ordinal)).ToList();
    }
}
