using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gateway.Benchmarks.Load;

namespace Gateway.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record ComparisonOptions
{
    public const string Usage = """
        dotnet run -c Release --project tests/Gateway.Benchmarks -- [options]

          --work W1,W2        which works: W1 chat, W2 streams back to back, W3 slow streams
          --warm-up N         rounds that do not count, 1 to 100 (24)
          --rounds N          measured rounds of each work, 1 to 100 (5)
          --requests N        requests of a round, 1 to 1,000,000 (each work has its own number)
          --concurrency N     requests at once, 1 to 2,000 (each work has its own number)
          --chunks N          events of a stream, 2 to 100,000 (100)
          --other DIRECTORY   another build of the gateway to compare with this one
          --markdown FILE     also writes the tables there
        """;

    public IReadOnlyList<Work> Works { get; private init; } = [Work.Chat, Work.Streams];

    /// <summary>Rounds in which the servers' code is compiled for speed.</summary>
    public int WarmUp { get; private init; } = 24;

    public int Rounds { get; private init; } = 5;

    public int? Requests { get; private init; }

    public int? Concurrency { get; private init; }

    public int Chunks { get; private init; } = 100;

    /// <summary>A directory with another Gateway.dll; null: none.</summary>
    public string? OtherBuild { get; private init; }

    public string? MarkdownPath { get; private init; }

    /// <returns>False: the complaint says which argument is wrong.</returns>
    public static bool TryParse(string[] args, [NotNullWhen(true)] out ComparisonOptions? options, [NotNullWhen(false)] out string? complaint)
    {
        options = new ComparisonOptions();
        complaint = null;
        for (var i = 0; i < args.Length && complaint is null; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            options = args[i] switch
            {
                "--work" => options with { Works = FindWorks(value, out complaint) },
                "--warm-up" => options with { WarmUp = Number(args[i], value, 1, 100, out complaint) },
                "--rounds" => options with { Rounds = Number(args[i], value, 1, 100, out complaint) },
                "--requests" => options with { Requests = Number(args[i], value, 1, 1_000_000, out complaint) },
                "--concurrency" => options with { Concurrency = Number(args[i], value, 1, 2_000, out complaint) },
                "--chunks" => options with { Chunks = Number(args[i], value, 2, 100_000, out complaint) },
                "--other" => options with { OtherBuild = BuildDirectory(args[i], value, out complaint) },
                "--markdown" => options with { MarkdownPath = NotEmpty(args[i], value, out complaint) },
                _ => Unknown(args[i], options, out complaint),
            };
        }

        if (complaint is null)
        {
            return true;
        }

        options = null;
        return false;
    }

    private static IReadOnlyList<Work> FindWorks(string ids, out string? complaint)
    {
        var works = ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(id => Work.All.FirstOrDefault(work => string.Equals(work.Id, id, StringComparison.OrdinalIgnoreCase)))
            .ToList();
        complaint = works.Count > 0 && !works.Contains(null)
            ? null
            : $"--work takes one or more of {string.Join(", ", Work.All.Select(work => work.Id))}, separated by commas, not '{ids}'.";
        return [.. works.OfType<Work>().Distinct()];
    }

    private static int Number(string name, string value, int least, int most, out string? complaint)
    {
        var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;
        complaint = isNumber ? null : string.Create(CultureInfo.InvariantCulture, $"{name} takes a number from {least} to {most}, not '{value}'.");
        return number;
    }

    private static string BuildDirectory(string name, string value, out string? complaint)
    {
        complaint = File.Exists(Path.Combine(value, "Gateway.dll")) ? null : $"{name} takes a directory with a Gateway.dll, not '{value}'.";
        return Path.GetFullPath(value.Length > 0 ? value : ".");
    }

    private static string NotEmpty(string name, string value, out string? complaint)
    {
        complaint = value.Length > 0 ? null : $"{name} takes a file name.";
        return value;
    }

    private static ComparisonOptions Unknown(string name, ComparisonOptions options, out string? complaint)
    {
        complaint = $"'{name}' is not an option.";
        return options;
    }
}
