using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Users;

public sealed class CreateUserTests(EmbeddedGateway gateway)
{
    private const string Users = "/api/admin/users";

    [Fact]
    public async Task A_new_user_logs_in_with_their_role_and_has_the_defaults()
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        var me = await person.Client.GetDataAsync("/api/auth/me");
        var user = await gateway.Admin.GetDataAsync($"{Users}/{person.Id}");

        me.GetProperty("role").GetString().ShouldBe("user");
        user.GetProperty("username").GetString().ShouldBe(person.Username);
        user.GetProperty("email").ValueKind.ShouldBe(JsonValueKind.Null);
        user.GetProperty("enabled").GetBoolean().ShouldBeTrue();
        user.GetProperty("last_login_at").ValueKind.ShouldBe(JsonValueKind.String);
        user.GetProperty("key_defaults").ToString().ShouldBe(
            """
            {"max_keys":0,"billing_mode":"quota","quota_usd":null,"subscription":null,"rate_multiplier":1,"account_group":null,"allowed_platforms":[],
            "max_concurrency":null,"requests_per_minute":null,"tokens_per_minute":null}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task A_password_is_never_shown()
    {
        var username = People.NewName();

        using var response = await gateway.Admin.SendRawAsync(
            HttpMethod.Post, Users, $$"""{"username":"{{username}}","password":"{{People.Password}}","role":"admin","email":"a@example.com","enabled":false}""");

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        body.ShouldContain("a@example.com");
        body.ShouldNotContain("password");
        gateway.Server.Output.ShouldNotContain(People.Password);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_are_the_same_name()
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        using var response = await gateway.Admin.SendRawAsync(
            HttpMethod.Post, Users, $$"""{"username":"{{person.Username.ToUpperInvariant()}}","password":"{{People.Password}}","role":"user"}""");

        await response.ErrorAsync(409);
    }

    [Theory] // B20, B26-B29
    [InlineData("username", """ "" """)]
    [InlineData("username", """ " padded" """)]
    [InlineData("username", """ "two\tcolumns" """)]
    [InlineData("username", """ "zero\u200bwidth" """)]
    [InlineData("username", """ "1234567890123456789012345678901234567890123456789012345678901234x" """)]
    [InlineData("username", "null")]
    [InlineData("password", """ "elevenchars" """)]
    [InlineData("password", """ "password1234" """)]
    [InlineData("password", """ "AdminAdmin123!" """)]
    [InlineData("password", """ "1234567890123" """)]
    [InlineData("password", """ "qwertyuiopas" """)]
    [InlineData("password", """ "abababababab" """)]
    [InlineData("password", "null")]
    [InlineData("role", """ "root" """)]
    [InlineData("role", """ "Admin" """)]
    [InlineData("role", "2")]
    [InlineData("role", "null")]
    [InlineData("email", """ "nowhere" """)]
    [InlineData("email", """ "a b@example.com" """)]
    [InlineData("enabled", "null")]
    [InlineData("key_defaults.max_keys", """ {"max_keys":-1} """)]
    [InlineData("key_defaults.max_keys", """ {"max_keys":1e400} """)]
    [InlineData("key_defaults.billing_mode", """ {"billing_mode":"none"} """)]
    [InlineData("key_defaults.subscription", """ {"billing_mode":"subscription"} """)]
    [InlineData("key_defaults.subscription.period", """ {"subscription":{"period":"hour","limit_usd":1}} """)]
    [InlineData("key_defaults.subscription", """ {"subscription":{"period":"day"}} """)]
    [InlineData("key_defaults.quota_usd", """ {"quota_usd":-1} """)]
    [InlineData("key_defaults.quota_usd", """ {"quota_usd":NaN} """)]
    [InlineData("key_defaults.rate_multiplier", """ {"rate_multiplier":1000} """)]
    [InlineData("key_defaults.account_group", """ {"account_group":" "} """)]
    [InlineData("key_defaults.allowed_platforms", """ {"allowed_platforms":["else"]} """)]
    [InlineData("key_defaults.max_concurrency", """ {"max_concurrency":0} """)]
    [InlineData("key_defaults.requests_per_minute", """ {"requests_per_minute":99999999999} """)]
    [InlineData("key_defaults.tokens_per_minute", """ {"tokens_per_minute":-1} """)]
    [InlineData("key_defaults.tags", """ {"tags":[]} """)]
    [InlineData("id", "1")]
    [InlineData("security_version", "1")]
    [InlineData("password_hash", """ "x" """)]
    public async Task A_value_that_cannot_be_is_refused_by_the_name_of_its_field(string field, string value)
    {
        var username = People.NewName("refused");
        var member = field.Split('.')[0];
        var required = new Dictionary<string, string> { ["username"] = $"\"{username}\"", ["password"] = $"\"{People.Password}\"", ["role"] = "\"user\"", [member] = value };

        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Post, Users, $"{{{string.Join(',', required.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}");

        (await response.ErrorAsync(400)).GetProperty("errors").EnumerateObject().Select(entry => entry.Name).ShouldBe([field]);
        (await gateway.Admin.GetDataAsync($"{Users}?search={username}")).GetProperty("total").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Name_password_and_role_are_required()
    {
        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Post, Users, "{}");

        (await response.ErrorAsync(400)).GetProperty("errors").EnumerateObject().Select(field => field.Name).ShouldBe(["username", "password", "role"]);
    }
}
