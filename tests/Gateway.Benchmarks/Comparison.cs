using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Reports;
using Gateway.Benchmarks.Targets;

namespace Gateway.Benchmarks;

/// <summary>Does each work at each target by turns, so that whatever else the machine is doing meets all of them alike.</summary>
internal sealed class Comparison(ComparisonOptions options)
{
    /// <exception cref="WrongReplyException">A target has not delivered what the upstream sent.</exception>
    /// <exception cref="ServerFailedException">A server did not start, ended by itself, or refused to be set up.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var report = new List<string> { Surroundings.Describe() };
        Console.WriteLine(report[0]);
        foreach (var work in options.Works)
        {
            report.Add(await CompareAsync(work, cancellationToken));
            Console.WriteLine($"\n{report[^1]}");
        }

        if (options.MarkdownPath is { } path)
        {
            await File.WriteAllTextAsync(path, string.Join("\n\n", report) + "\n", CancellationToken.None);
        }
    }

    private async Task<string> CompareAsync(Work work, CancellationToken cancellationToken)
    {
        var requests = options.Requests ?? work.Requests;
        var concurrency = options.Concurrency ?? work.Concurrency;
        await using var bench = await TestBench.StartAsync(work, options, cancellationToken);
        await SayAsync($"{work.Id}: processes", bench.Targets.Select(target => $"{target.Name} {Figure.Write(target.Process?.Id, "0")}"));
        var exchange = await Exchange.LearnAsync(bench.Targets[0], work, options.Chunks, cancellationToken);
        var loads = bench.Targets.Select(target => new LoadGenerator(target, exchange, concurrency)).ToList();
        var results = bench.Targets.Select(target => new Result(target)).ToList();
        try
        {
            for (var round = 1; round <= options.WarmUp + options.Rounds; round++)
            {
                for (var turn = 0; turn < loads.Count; turn++)
                {
                    var i = (round + turn) % loads.Count;   // each round begins with another target
                    results[i].Add(await loads[i].RunAsync(requests, cancellationToken));
                }

                await SayAsync(
                    $"{work.Id}: round {round} of {options.WarmUp + options.Rounds}, CPU s per 1,000",
                    results.Select(result => $"{result.Name} {Figure.Write(result.Last.CpuSeconds, "N3")}"));
                if (round == options.WarmUp)
                {
                    results.ForEach(result => result.Forget());
                }
            }

            foreach (var load in loads)
            {
                await load.AuditAsync(cancellationToken);
            }

            return Section.Write(work, requests, concurrency, options, results);
        }
        finally
        {
            loads.ForEach(load => load.Dispose());
        }
    }

    /// <summary>Progress, apart from the results.</summary>
    private static Task SayAsync(string what, IEnumerable<string> figures) => Console.Error.WriteLineAsync($"{what}: {string.Join(", ", figures)}");
}
