using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Platforms.Bedrock;

namespace Gateway.Tests.Proxy.Platforms.Bedrock;

public sealed class BedrockModelsTests
{
    [Theory] // region, profile, model, id
    [InlineData("us-east-1", null, "claude-sonnet-4-5", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("us-east-1", null, "claude-sonnet-4-5-20250929", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("eu-central-1", null, "claude-opus-5", "eu.anthropic.claude-opus-5")]
    [InlineData("ap-northeast-1", null, "claude-opus-5", "jp.anthropic.claude-opus-5")]
    [InlineData("ap-southeast-2", null, "claude-opus-5", "au.anthropic.claude-opus-5")]
    [InlineData("ap-southeast-2", null, "nova-pro", "apac.amazon.nova-pro-v1:0")]
    [InlineData("ap-south-1", null, "claude-opus-5", "anthropic.claude-opus-5")]
    [InlineData("us-east-1", "global", "claude-opus-5", "global.anthropic.claude-opus-5")]
    [InlineData("us-east-1", "none", "claude-opus-5", "anthropic.claude-opus-5")]
    [InlineData("us-east-1", "eu", "claude-opus-5", "eu.anthropic.claude-opus-5")]
    [InlineData("us-east-1", "us", "gpt-oss-120b", "openai.gpt-oss-120b-1:0")]
    [InlineData("us-west-2", null, "gpt-oss-120b", "openai.gpt-oss-120b-1:0")]
    public void A_models_common_name_becomes_its_id_in_the_accounts_geography(string region, string? profile, string model, string id)
    {
        var credentials = new AccountCredentials("api_key", new Dictionary<string, string> { ["region"] = region });

        BedrockModels.Of(new AccountOptions(profile), credentials)[model].ShouldBe(id);
    }

    [Fact]
    public void No_name_stands_for_two_models() =>
        BedrockModels.Of(new AccountOptions("none"), new AccountCredentials("api_key", new Dictionary<string, string>())).Count.ShouldBeGreaterThan(50);

    [Theory] // Bug_83
    [InlineData("us.anthropic.claude-opus-5", "anthropic.claude-opus-5")]
    [InlineData("global.anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0")]
    [InlineData("anthropic.claude-opus-5", "anthropic.claude-opus-5")]
    public void Bug_83_tokens_are_counted_by_the_id_without_a_profile(string id, string bare) => BedrockModels.WithoutProfile(id).ShouldBe(bare);
}
