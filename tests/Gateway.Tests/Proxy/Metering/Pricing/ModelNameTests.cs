using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Tests.Proxy.Metering.Pricing;

public sealed class ModelNameTests
{
    [Theory]
    [InlineData(Platform.Claude, "claude-opus-5-20260801", "claude-opus-5")]
    [InlineData(Platform.Claude, "claude-opus-5@20260801", "claude-opus-5")]
    [InlineData(Platform.OpenAi, "gpt-5.4-2026-03-05", "gpt-5.4")]
    [InlineData(Platform.OpenAi, "gpt-4-1106", "gpt-4")]
    [InlineData(Platform.Azure, "gpt-4-0613", "gpt-4")]
    [InlineData(Platform.Gemini, "some-model-20261231", "some-model")]
    public void A_date_at_the_end_is_taken_off(Platform platform, string name, string undated)
    {
        ModelName.TryStripDate(platform, name, out var found).ShouldBeTrue();
        found.ToString().ShouldBe(undated);
    }

    [Theory]
    [InlineData(Platform.Azure, "mistral-large-2402")]      // year and month: 24 is no month
    [InlineData(Platform.OpenAi, "gpt-4-0100")]
    [InlineData(Platform.OpenAi, "gpt-4-0132")]
    [InlineData(Platform.OpenAi, "gpt-4-1301")]
    [InlineData(Platform.Gemini, "gemini-exp-1206")]        // only OpenAI names snapshots so
    [InlineData(Platform.Bedrock, "some-model-0613")]
    [InlineData(Platform.Claude, "claude-opus-5-20261301")]
    [InlineData(Platform.Claude, "claude-opus-5-20260832")]
    [InlineData(Platform.Claude, "claude-opus-5-19991231")]
    [InlineData(Platform.Claude, "claude-opus-5.20260801")]
    [InlineData(Platform.Claude, "claude-opus-5-120260801")]
    [InlineData(Platform.OpenAi, "gpt-5.4-2026-13-05")]
    [InlineData(Platform.OpenAi, "gpt-5.4-26-03-05")]
    [InlineData(Platform.OpenAi, "gpt-5.4-2026_03_05")]
    [InlineData(Platform.OpenAi, "-0613")]
    [InlineData(Platform.OpenAi, "-20260801")]
    [InlineData(Platform.OpenAi, "-2026-08-01")]
    [InlineData(Platform.OpenAi, "0613")]
    [InlineData(Platform.OpenAi, "")]
    public void Digits_that_are_no_date_belong_to_the_name(Platform platform, string name)
    {
        ModelName.TryStripDate(platform, name, out var undated).ShouldBeFalse();
        undated.ToString().ShouldBe(name);
    }

    [Theory]
    [InlineData("us.a", "a")]
    [InlineData("EU.a.b", "a.b")]
    [InlineData("apac.a", "a")]
    [InlineData("global.a", "a")]
    [InlineData("au.a", "a")]
    [InlineData("jp.a", "a")]
    [InlineData("ca.a", "a")]
    [InlineData("us-gov.a", "a")]
    [InlineData("us.", null)]
    [InlineData("usa.a", null)]
    [InlineData("meta.a", null)]
    public void A_region_is_taken_off_the_front(string id, string? bare)
    {
        ModelName.TryStripRegion(id, out var found).ShouldBe(bare is not null);
        found.ToString().ShouldBe(bare ?? id);
    }

    [Theory]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5", "anthropic.claude-opus-5")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-5", "us.anthropic.claude-opus-5")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/", "")]
    [InlineData("us-east-1/a", "us-east-1/a")]
    public void An_ARN_names_its_model_after_the_last_slash(string name, string model) =>
        ModelName.WithoutArn(name).ToString().ShouldBe(model);

    [Theory]
    [InlineData("ft:gpt-4o-2024-08-06:acme::abc", "ft:gpt-4o-2024-08-06", "gpt-4o-2024-08-06")]
    [InlineData("FT:gpt-4o:", "FT:gpt-4o", "gpt-4o")]
    [InlineData("ft:gpt-4o", null, null)]
    [InlineData("ft::acme", null, null)]
    [InlineData("gpt-4o:ft:", null, null)]
    public void A_fine_tuned_model_names_its_base(string name, string? tuned, string? baseModel)
    {
        ModelName.TryFineTuned(name, out var foundTuned, out var foundBase).ShouldBe(tuned is not null);
        foundTuned.ToString().ShouldBe(tuned ?? "");
        foundBase.ToString().ShouldBe(baseModel ?? "");
    }
}
