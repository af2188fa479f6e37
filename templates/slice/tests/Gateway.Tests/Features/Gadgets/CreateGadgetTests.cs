using System.Net.Http.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Gadgets;

public sealed class CreateGadgetTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_reply_has_what_was_sent()
    {
        var reply = await gateway.Admin.PostDataAsync("/api/admin/gadgets", new { name = "first" });

        reply.GetProperty("name").GetString().ShouldBe("first");
    }

    [Fact]
    public async Task A_missing_name_is_refused_by_field()
    {
        using var response = await gateway.Admin.PostAsJsonAsync("/api/admin/gadgets", new { }, Cancel);

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty("name", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_gets_in_without_logging_in()
    {
        using var client = gateway.Server.CreateClient();

        using var response = await client.PostAsJsonAsync("/api/admin/gadgets", new { name = "first" }, Cancel);

        await response.ErrorAsync(401);
    }
}
