using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Prices;

public sealed class PriceAccessTests(EmbeddedGateway gateway)
{
    private const string Body = """{"prices":{"input":1}}""";

    public static TheoryData<string, string> Calls => new()
    {
        { "GET", "/api/admin/prices" },
        { "PUT", "/api/admin/prices/openai/gpt-5.4" },
        { "DELETE", "/api/admin/prices/openai/gpt-5.4" },
        { "GET", "/api/admin/prices/openai/gpt-5.4/history" },
        { "GET", "/api/admin/prices/openai/org/gpt-5.4/history" },
    };

    [Theory]
    [InlineData("/api/admin/prices")]
    [InlineData("/api/admin/prices/openai/gpt-5.4/history")]
    [InlineData("/api/admin/model-aliases")]
    public async Task A_user_reads_what_things_cost_and_what_they_are_called(string path)
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        (await person.Client.GetDataAsync(path)).GetProperty("items").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Array);
    }

    [Theory]
    [InlineData("PUT", "/api/admin/prices/openai/gpt-5.4")]
    [InlineData("DELETE", "/api/admin/prices/openai/gpt-5.4")]
    public async Task Only_administrators_change_prices(string method, string path)
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        using var response = await person.Client.SendRawAsync(new HttpMethod(method), path, Body);

        await response.ErrorAsync(403);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Nobody_gets_in_without_logging_in(string method, string path)
    {
        using var client = gateway.Server.CreateClient();

        using var response = await client.SendRawAsync(new HttpMethod(method), path, Body);

        await response.ErrorAsync(401);
    }
}
