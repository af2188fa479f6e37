using Gateway.Tests.Support;

namespace Gateway.Tests.Hosting.Verbs;

public sealed class UsageTests
{
    [Theory]
    [InlineData("serve")]
    [InlineData("admin")]
    [InlineData("admin", "delete-everything")]
    [InlineData("admin", "reset-password")]
    [InlineData("admin", "reset-password", "one", "two")]
    [InlineData("check-config", "now")]
    public async Task Words_that_are_no_verb_get_the_usage_text(params string[] arguments)
    {
        await using var verb = await GatewayServer.RunToExitAsync(arguments: arguments);

        verb.ExitCode.ShouldBe(2);
        verb.Output.ShouldStartWith("Usage:");
        foreach (var form in (string[])["admin reset-password NAME", "admin backup FILE", "admin rotate-keys", "check-config"])
        {
            verb.Output.ShouldContain(form);
        }
    }

    [Fact]
    public async Task Settings_may_follow_a_verb()
    {
        using var data = new TempDirectory();

        await using var verb = await GatewayServer.RunToExitAsync(arguments: ["admin", "reset-password", "admin", $"--Gateway:DataDirectory={data.File("other")}"]);

        verb.ExitCode.ShouldBe(1);
        verb.Output.ShouldBeOneLineWith(data.File("other"));
    }
}
