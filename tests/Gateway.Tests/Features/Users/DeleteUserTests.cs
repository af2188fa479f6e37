using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Users;

public sealed class DeleteUserTests(EmbeddedGateway gateway)
{
    private const string Users = "/api/admin/users";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deleted_user_is_gone_at_once_and_the_name_is_free()
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        using var deleted = await gateway.Admin.DeleteAsync($"{Users}/{person.Id}", Cancel);

        (await deleted.DataAsync()).ValueKind.ShouldBe(JsonValueKind.Null);
        using var token = await person.Client.GetAsync("/api/auth/me", Cancel);
        await token.ErrorAsync(401);
        (await gateway.Admin.GetDataAsync($"{Users}?search={person.Username}")).GetProperty("total").GetInt64().ShouldBe(0);
        var again = await gateway.Admin.PostDataAsync(Users, new { username = person.Username, password = People.Password, role = "user" });
        again.Id().ShouldNotBe(person.Id);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task A_deleted_user_is_not_found_by_any_call(string method)
    {
        var person = (await gateway.Admin.CreateUserAsync()).Id();
        using var deleted = await gateway.Admin.DeleteAsync($"{Users}/{person}", Cancel);

        using var response = await gateway.Admin.SendRawAsync(new HttpMethod(method), $"{Users}/{person}", "{}");

        await response.ErrorAsync(404);
    }

    [Fact]
    public async Task The_keys_of_a_deleted_user_are_disabled_for_good()
    {
        var person = (await gateway.Admin.CreateUserAsync()).Id();
        var key = await gateway.Admin.CreateKeyAsync(new { name = "left behind", user_id = person });

        using var deleted = await gateway.Admin.DeleteAsync($"{Users}/{person}", Cancel);
        using var enabled = await gateway.Admin.SendRawAsync(HttpMethod.Put, $"/api/admin/api-keys/{key.Id()}", """{"enabled":true}""");
        using var another = await gateway.Admin.SendRawAsync(HttpMethod.Post, "/api/admin/api-keys", $$"""{"name":"late","user_id":{{person}}}""");

        await deleted.DataAsync();
        (await gateway.Server.FindKeyAsync(key.GetProperty("key").GetString()!))!.Enabled.ShouldBeFalse();
        (await gateway.Admin.GetDataAsync($"/api/admin/api-keys/{key.Id()}")).GetProperty("enabled").GetBoolean().ShouldBeFalse();
        await enabled.ErrorAsync(409);
        (await another.ErrorAsync(400)).GetProperty("errors").TryGetProperty("user_id", out _).ShouldBeTrue();
    }
}
