using System.Globalization;
using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Reports;
using Gateway.Benchmarks.Targets;

namespace Gateway.Benchmarks;

/// <summary>Does each work at each target by turns, so that whatever else the machine is doing meets all of them alike.</summary>
internal static class Comparison
{
    /// <exception cref="WrongReplyException">A target has not delivered what the upstream sent.</exception>
    /// <exception cref="ServerFailedException">A server did not start, ended by itself, or refused to be set up.</exception>
    public static async Task RunAsync(ComparisonOptions options, CancellationToken cancellationToken)
    {
        var report = new List<string> { Surroundings.Describe() };
        Console.WriteLine(report[0]);
        foreach (var work in options.Works)
        {
            report.Add(await CompareAsync(work, options, cancellationToken));
            Console.WriteLine($"\n{report[^1]}");
        }

        if (options.MarkdownPath is { } path)
        {
            await File.WriteAllTextAsync(path, string.Join("\n\n", report) + "\n", CancellationToken.None);
        }
    }

    private static async Task<string> CompareAsync(Work work, ComparisonOptions options, CancellationToken cancellationToken)
    {
        var requests = options.Requests ?? work.Requests;
        var concurrency = options.Concurrency ?? work.Concurrency;
        await using var bench = await TestBench.StartAsync(work, options.Chunks, cancellationToken);
        await SayAsync($"{work.Id}: processes {string.Join(", ", bench.Targets.Where(target => target.Process is not null).Select(target => $"{target.Process!.Id} {target.Name}"))}");
        var exchange = await LearnAsync(bench.NoProxy, work, options.Chunks, cancellationToken);
        var loads = bench.Targets.Select(target => new LoadGenerator(target, exchange, concurrency)).ToList();
        var results = bench.Targets.Select(target => new Result(target)).ToList();
        try
        {
            await SayAsync($"{work.Id}: warming up");
            foreach (var load in loads)
            {
                await load.RunAsync(requests, cancellationToken);
            }

            for (var round = 0; round < options.Rounds; round++)
            {
                await SayAsync(string.Create(CultureInfo.InvariantCulture, $"{work.Id}: round {round + 1} of {options.Rounds}"));
                for (var turn = 0; turn < loads.Count; turn++)
                {
                    var i = (round + turn) % loads.Count;   // each round begins with another target
                    results[i].Add(await loads[i].RunAsync(requests, cancellationToken));
                }
            }

            return Section.Write(work, requests, concurrency, options, results);
        }
        finally
        {
            loads.ForEach(load => load.Dispose());
        }
    }

    private static async Task<Exchange> LearnAsync(Target upstream, Work work, int chunks, CancellationToken cancellationToken)
    {
        using var invoker = LoadGenerator.CreateInvoker();
        return await Exchange.LearnAsync(invoker, upstream, work, chunks, cancellationToken);
    }

    private static Task SayAsync(string progress) => Console.Error.WriteLineAsync(progress);
}
