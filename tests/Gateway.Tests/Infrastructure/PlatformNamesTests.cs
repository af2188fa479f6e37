using Gateway.Infrastructure;

namespace Gateway.Tests.Infrastructure;

public sealed class PlatformNamesTests
{
    [Fact]
    public void Every_platform_has_a_name_of_its_own_that_leads_back_to_it()
    {
        PlatformNames.All.ShouldBe(["claude", "claude_ccr", "openai", "azure", "gemini", "bedrock"]);
        foreach (var platform in Enum.GetValues<Platform>())
        {
            PlatformNames.TryParse(platform.Name(), out var parsed).ShouldBeTrue();
            parsed.ShouldBe(platform);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Claude")]
    [InlineData("vertex")]
    public void Anything_else_is_no_platform(string? name) => PlatformNames.TryParse(name, out _).ShouldBeFalse();
}
