using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Infrastructure.OpenApi;

/// <summary>What answers look like is held against the document by every test of the management API: <see cref="DescribedAnswers"/>.</summary>
public sealed class DocumentTests(EmbeddedGateway gateway)
{
    [Theory]
    [InlineData("/api/admin/users", "get", "bearer")]
    [InlineData("/v1/chat/completions", "post", "bearer", "api_key")]
    [InlineData("/v1/models", "get", "bearer", "api_key")]
    [InlineData("/api/auth/login", "post")]
    [InlineData("/healthz", "get")]
    public async Task Each_operation_says_what_opens_it(string path, string method, params string[] schemes)
    {
        var document = await DocumentAsync();
        var operation = document.GetProperty("paths").GetProperty(path).GetProperty(method);

        var security = operation.TryGetProperty("security", out var own) ? own : document.GetProperty("security");

        security.EnumerateArray().Select(requirement => requirement.EnumerateObject().Single().Name).ShouldBe(schemes);
    }

    [Theory]
    [InlineData("/api/admin/usage/records", "get", "application/json", "text/csv")]
    [InlineData("/v1/chat/completions", "post", "application/json", "text/event-stream")]
    [InlineData("/v1/models", "get", "application/json")]
    public async Task Each_form_of_an_answer_is_listed(string path, string method, params string[] types)
    {
        var ok = (await DocumentAsync()).GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty("200");

        ok.GetProperty("content").EnumerateObject().Select(content => content.Name).ShouldBe(types);
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using var client = gateway.Server.CreateClient();
        return JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
    }
}
