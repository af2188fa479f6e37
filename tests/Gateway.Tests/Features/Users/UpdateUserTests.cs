using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Users;

public sealed class UpdateUserTests(EmbeddedGateway gateway)
{
    private const string Users = "/api/admin/users";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"role":"admin"}""")]
    [InlineData("""{"password":"another password"}""")]
    [InlineData("""{"enabled":false}""")]
    public async Task Another_role_a_new_password_or_disabling_ends_all_tokens_at_once(string change)
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        await PutAsync(person.Id, change);

        using var response = await person.Client.GetAsync("/api/auth/me", Cancel);
        await response.ErrorAsync(401);
    }

    [Theory]
    [InlineData("""{"role":"user","enabled":true}""")]
    [InlineData("""{"email":"a@example.com"}""")]
    [InlineData("""{"key_defaults":{"max_keys":1}}""")]
    public async Task Any_other_change_leaves_tokens_alone(string change)
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        await PutAsync(person.Id, change);

        (await person.Client.GetDataAsync("/api/auth/me")).Id().ShouldBe(person.Id);
    }

    [Fact]
    public async Task A_new_password_replaces_the_old_one()
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        await PutAsync(person.Id, """{"password":"another password"}""");

        using var client = gateway.Server.CreateClient();
        await client.LogInAsync(person.Username, "another password");
        using var old = await client.SendRawAsync(HttpMethod.Post, "/api/auth/login", $$"""{"username":"{{person.Username}}","password":"{{People.Password}}"}""");
        await old.ErrorAsync(401);
    }

    [Fact]
    public async Task The_keys_of_a_disabled_user_are_refused_until_the_user_is_enabled_again()
    {
        using var person = await gateway.Admin.CreatePersonAsync(new { max_keys = 1 });
        var secret = (await person.Client.CreateKeyAsync()).GetProperty("key").GetString()!;

        await PutAsync(person.Id, """{"enabled":false}""");
        (await gateway.Server.FindKeyAsync(secret))!.Enabled.ShouldBeFalse();

        await PutAsync(person.Id, """{"enabled":true}""");
        (await gateway.Server.FindKeyAsync(secret))!.Enabled.ShouldBeTrue();
    }

    [Fact]
    public async Task Absent_members_stay_null_clears_and_objects_are_replaced_whole()
    {
        var person = (await gateway.Admin.CreateUserAsync(new { max_keys = 3, quota_usd = 1.5 })).Id();
        await PutAsync(person, """{"email":"a@example.com"}""");

        var cleared = await PutAsync(person, """{"email":null}""");
        var replaced = await PutAsync(person, """{"key_defaults":{"requests_per_minute":5}}""");

        cleared.GetProperty("email").ValueKind.ShouldBe(JsonValueKind.Null);
        cleared.GetProperty("key_defaults").GetProperty("quota_usd").GetDecimal().ShouldBe(1.5m);
        replaced.GetProperty("key_defaults").GetProperty("max_keys").GetInt32().ShouldBe(0);
        replaced.GetProperty("key_defaults").GetProperty("requests_per_minute").GetInt32().ShouldBe(5);
    }

    [Theory] // B20-B22
    [InlineData("username", "null")]
    [InlineData("password", "null")]
    [InlineData("role", "null")]
    [InlineData("enabled", "null")]
    [InlineData("key_defaults", "null")]
    [InlineData("id", "1")]
    [InlineData("created_at", """ "2026-01-01T00:00:00Z" """)]
    [InlineData("last_login_at", "null")]
    [InlineData("security_version", "1")]
    [InlineData("deleted_at", "null")]
    public async Task B22_Unknown_and_read_only_members_and_null_without_meaning_are_refused(string member, string value)
    {
        var person = (await gateway.Admin.CreateUserAsync()).Id();

        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Put, $"{Users}/{person}", $$"""{"email":"a@example.com","{{member}}":{{value}}}""");

        (await response.ErrorAsync(400)).GetProperty("errors").EnumerateObject().Select(field => field.Name).ShouldBe([member]);
        (await gateway.Admin.GetDataAsync($"{Users}/{person}")).GetProperty("email").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_user_is_renamed_unless_the_name_is_taken()
    {
        using var person = await gateway.Admin.CreatePersonAsync();
        using var other = await gateway.Admin.CreatePersonAsync();
        var name = People.NewName("Renamed");

        await PutAsync(person.Id, $$"""{"username":"{{name}}"}""");
        using var taken = await gateway.Admin.SendRawAsync(HttpMethod.Put, $"{Users}/{other.Id}", $$"""{"username":"{{name.ToUpperInvariant()}}"}""");

        await taken.ErrorAsync(409);
        using var client = gateway.Server.CreateClient();
        await client.LogInAsync(name.ToLowerInvariant(), People.Password);
    }

    [Fact]
    public async Task A_change_that_names_the_version_it_read_is_made_once()
    {
        var person = (await gateway.Admin.CreateUserAsync()).Id();
        var read = $"\"{(await gateway.Admin.GetDataAsync($"{Users}/{person}")).GetProperty("updated_at").GetString()}\"";

        using var first = await gateway.Admin.SendRawAsync(HttpMethod.Put, $"{Users}/{person}", """{"email":"first@example.com"}""", read);
        using var second = await gateway.Admin.SendRawAsync(HttpMethod.Put, $"{Users}/{person}", """{"email":"second@example.com"}""", read);

        await first.DataAsync();
        (await second.ErrorAsync(409)).GetProperty("error").GetString().ShouldBe("stale");
    }

    private async Task<JsonElement> PutAsync(long id, string body)
    {
        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Put, $"{Users}/{id}", body);
        return await response.DataAsync();
    }
}
