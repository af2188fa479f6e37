using System.Globalization;
using System.Text;
using Gateway.Benchmarks.Reports;
using Soak.Gateways;
using Soak.Load;

namespace Soak.Findings;

/// <summary>What is printed at the end.</summary>
internal sealed class Report(SoakOptions options, IReadOnlyList<GatewayNode> nodes, IReadOnlyDictionary<string, int> faults, Held held, AuditResult audit)
{
    private const int MostExamples = 5;

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"\nSoak of {options.Minutes} minutes, seed {options.Seed}\n").AppendLine(Figures().ToString());
        text.AppendLine("\nErrors that clients saw\n").AppendLine(Errors().ToString());
        text.AppendLine("\nFaults\n").AppendLine(Faults().ToString());
        AddExamples(text, "Another account could have served", audit.Failed.Where(failed => !failed.IsExcused).Select(failed => $"{failed.Request.RequestId ?? "no id"} ({failed.Request.Platform}, gateway {failed.Request.Node}, {failed.Request.From:HH:mm:ss.fff} to {failed.Request.Until:HH:mm:ss.fff}) {failed.Cause}: {failed.Trace}"));
        AddExamples(text, "Leaked", held.Slots.Select(slots => $"{slots.Value} in {slots.Key}"));
        AddExamples(text, "Lost", audit.Lost);
        AddExamples(text, "Charged twice", audit.Duplicates);
        AddExamples(text, "Sums that differ", audit.Differences);
        return text.Append(held.Leaked == 0 && audit.Holds ? "\nEverything held." : "\nNOT everything held.").ToString();
    }

    private Table Figures()
    {
        var table = new Table("what", "count");
        Add("requests", audit.Sent.Count);
        Add("answered", audit.Sent.Count(request => request.Ending == Ending.Answered));
        Add("left by their clients", audit.Sent.Count(request => request.Ending == Ending.Left));
        Add("errors that clients saw", audit.Failed.Count);
        Add("- of them at a gateway that was killed", audit.Failed.Count(failed => failed.Cause == "gateway killed"));
        Add("- of them another account could have served (must be 0)", audit.Failed.Count(failed => !failed.IsExcused));
        Add("failovers", audit.Failovers);
        Add("waits for a slot", audit.WaitsMs.Count);
        Add("- the longest, ms", audit.WaitsMs.Count > 0 ? audit.WaitsMs[^1] : 0);
        Add("- of 100 the 95th, ms", audit.WaitsMs.Count > 0 ? audit.WaitsMs[audit.WaitsMs.Count * 95 / 100] : 0);
        Add("usage records", audit.Records);
        Add("leaked slots (must be 0)", held.Leaked);
        Add("lost records (must be 0)", audit.Lost.Count);
        Add("duplicate charges (must be 0)", audit.Duplicates.Count);
        Add("sums that differ from their records (must be 0)", audit.Differences.Count);
        return table;

        void Add(string what, long count) => table.Add(what, count.ToString("N0", CultureInfo.InvariantCulture));
    }

    private Table Errors()
    {
        var table = new Table("status and kind", "count", "another account could have served");
        foreach (var cause in audit.Failed.GroupBy(failed => failed.Cause).OrderByDescending(group => group.Count()))
        {
            table.Add(cause.Key, cause.Count().ToString(CultureInfo.InvariantCulture), cause.Count(failed => !failed.IsExcused).ToString(CultureInfo.InvariantCulture));
        }

        return table;
    }

    private Table Faults()
    {
        var table = new Table("fault", "times");
        foreach (var (name, count) in faults.OrderBy(fault => fault.Key, StringComparer.Ordinal))
        {
            table.Add(name, count.ToString(CultureInfo.InvariantCulture));
        }

        table.Add("kill -9 of a gateway", nodes.Sum(node => node.Kills).ToString(CultureInfo.InvariantCulture));
        return table;
    }

    private static void AddExamples(StringBuilder text, string title, IEnumerable<string> examples)
    {
        foreach (var (number, example) in examples.Take(MostExamples).Index())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{(number == 0 ? $"\n{title}, for instance\n\n" : "")}- {example}");
        }
    }
}
