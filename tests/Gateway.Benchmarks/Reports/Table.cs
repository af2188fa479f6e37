namespace Gateway.Benchmarks.Reports;

/// <summary>A Markdown table whose columns are aligned in plain text too: the first to the left, the others to the right.</summary>
internal sealed class Table(params string[] headings)
{
    private readonly List<string[]> _rows = [headings];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = headings.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        var rule = widths.Select((width, column) => column == 0 ? new string('-', width) : new string('-', width - 1) + ":");
        var lines = _rows.Select(row => row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).ToList();
        lines.Insert(1, rule);
        return string.Join('\n', lines.Select(cells => $"| {string.Join(" | ", cells)} |"));
    }
}
