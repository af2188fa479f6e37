namespace Gateway.Tests.Support;

[ShouldlyMethods]
public static class OutputAssertions
{
    /// <summary>What a program printed is exactly one line, and it has all of these texts.</summary>
    public static void ShouldBeOneLineWith(this string output, params string[] texts)
    {
        output.Trim().Split('\n').ShouldHaveSingleItem(output);
        foreach (var text in texts)
        {
            output.ShouldContain(text, Case.Sensitive);
        }
    }
}
