using Gateway.Tests.Support;

namespace Gateway.Tests.Compatibility;

/// <summary>The published table of what becomes of each field, held against what the code does.</summary>
public sealed class CompatibilityTests
{
    private const string Document = "docs/compatibility.md";
    private const string MadeStart = "<!-- what follows is made by CompatibilityTests -->\n";

    /// <summary>Rewrites the document instead of comparing it: <c>UPDATE_COMPATIBILITY=1 ./test.sh --filter-class "*CompatibilityTests"</c>.</summary>
    private static bool Updates => Environment.GetEnvironmentVariable("UPDATE_COMPATIBILITY") == "1";

    [Fact]
    public void The_published_table_says_what_the_code_does()
    {
        var path = Path.Combine(Repository.Root, Document);
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var start = text.IndexOf(MadeStart, StringComparison.Ordinal) + MadeStart.Length;
        var expected = text[..start] + "\n" + CompatibilityTable.Markdown();
        if (Updates)
        {
            File.WriteAllText(path, expected);
        }

        text.ShouldBe(expected, $"{Document} is stale: run UPDATE_COMPATIBILITY=1 ./test.sh --filter-class \"*CompatibilityTests\"");
        text.ShouldNotContain("not done");
    }

    [Fact]
    public void No_field_that_can_be_carried_is_refused_and_none_that_changes_the_answer_is_lost()
    {
        var wrong = new List<string>();
        var carried = 0;
        foreach (var field in FieldCases.All)
        {
            for (var column = 0; column < CompatibilityTable.Columns.Count; column++)
            {
                var rule = field.Rules[column];
                if (rule == '-')
                {
                    continue;
                }

                carried += rule is 'P' or 'M' or 'E' ? 1 : 0;
                var fate = CompatibilityTable.Try(field, column);
                var fits = rule switch
                {
                    'P' or 'M' or 'E' => fate is Fate.Kept or Fate.Changed or Fate.Emulated,
                    'R' => fate == Fate.Refused,
                    'W' => fate is Fate.Weakened or Fate.Changed or Fate.Kept,
                    _ => fate is Fate.LeftOut or Fate.Changed or Fate.Kept,
                };
                if (!fits)
                {
                    wrong.Add($"{field.Client} {field.Name} at {CompatibilityTable.Columns[column].Name}: {CompatibilityTable.Word(fate)}, the rule is {rule}");
                }
            }
        }

        wrong.ShouldBeEmpty();
        carried.ShouldBeGreaterThan(200);
    }
}
