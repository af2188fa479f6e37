using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Platforms;

public sealed class ListPlatformsTests(EmbeddedGateway gateway)
{
    [Fact]
    public async Task Every_platform_says_what_its_form_needs()
    {
        var platforms = (await gateway.Admin.GetDataAsync("/api/admin/platforms")).EnumerateArray().ToList();

        platforms.Select(platform => platform.GetProperty("id").GetString()).ShouldBe(["claude", "claude_ccr", "openai", "azure", "gemini", "bedrock"]);
        foreach (var platform in platforms)
        {
            platform.EnumerateObject().Select(member => member.Name).ShouldBe(
                ["id", "label", "formats", "oauth", "default_base_url", "base_url_required", "credential_kinds"]);
            foreach (var kind in platform.GetProperty("credential_kinds").EnumerateArray())
            {
                kind.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "label", "fields"]);
                foreach (var field in kind.GetProperty("fields").EnumerateArray())
                {
                    field.GetProperty("kind").GetString().ShouldBeOneOf("text", "secret", "datetime", "select");
                    field.GetProperty("label").GetProperty("zh").GetString().ShouldNotBeNullOrEmpty();
                    field.GetProperty("help").GetProperty("en").GetString().ShouldNotBeNullOrEmpty();
                }
            }
        }
    }

    [Fact]
    public async Task Azure_demands_an_address_and_the_others_bring_their_own()
    {
        var platforms = (await gateway.Admin.GetDataAsync("/api/admin/platforms")).EnumerateArray().ToDictionary(platform => platform.GetProperty("id").GetString()!);

        platforms["azure"].GetProperty("base_url_required").GetBoolean().ShouldBeTrue();
        platforms["azure"].GetProperty("default_base_url").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        platforms["claude_ccr"].GetProperty("oauth").GetBoolean().ShouldBeTrue();
        platforms.Values.Count(platform => platform.GetProperty("base_url_required").GetBoolean()).ShouldBe(1);
        platforms.Values.Count(platform => platform.GetProperty("oauth").GetBoolean()).ShouldBe(1);
    }

    [Fact]
    public async Task The_credentials_of_the_machine_are_offered_only_where_they_are_allowed()
    {
        var kinds = (await gateway.Admin.GetDataAsync("/api/admin/platforms"))[5].GetProperty("credential_kinds").EnumerateArray();

        kinds.Select(kind => kind.GetProperty("id").GetString()).ShouldBe(["access_key", "api_key"]);
    }
}
