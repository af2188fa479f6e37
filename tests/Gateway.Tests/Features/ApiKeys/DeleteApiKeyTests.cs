using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.ApiKeys;

public sealed class DeleteApiKeyTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deleted_key_is_gone_and_its_name_is_free()
    {
        var key = await gateway.Admin.CreateKeyAsync();
        var name = key.GetProperty("name").GetString();
        var path = $"/api/admin/api-keys/{key.Id()}";

        using var deleted = await gateway.Admin.DeleteAsync(path, Cancel);

        (await deleted.DataAsync()).ValueKind.ShouldBe(JsonValueKind.Null);
        (await gateway.Server.FindKeyAsync(key.GetProperty("key").GetString()!)).ShouldBeNull();
        (await gateway.Admin.GetDataAsync($"/api/admin/api-keys?search={name}")).GetProperty("total").GetInt64().ShouldBe(0);
        (await gateway.Admin.CreateKeyAsync(new { name })).Id().ShouldNotBe(key.Id());
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("PUT", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/rotate")]
    public async Task A_deleted_key_is_not_found_by_any_call(string method, string call)
    {
        var key = await gateway.Admin.CreateKeyAsync();
        var path = $"/api/admin/api-keys/{key.Id()}";
        using var deleted = await gateway.Admin.DeleteAsync(path, Cancel);

        using var response = await gateway.Admin.SendRawAsync(new HttpMethod(method), path + call, "{}");

        await response.ErrorAsync(404);
    }
}
