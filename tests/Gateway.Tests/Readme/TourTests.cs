using System.Diagnostics;
using System.Text.RegularExpressions;
using Gateway.Tests.Support;

namespace Gateway.Tests.Readme;

/// <summary>Executes the README's tour as it stands: its curl lines in one shell, its snippets with <c>dotnet run</c>.</summary>
/// <remarks>The addresses in it are those of a newcomer's machine; only they are replaced, since a test must not need fixed ports.</remarks>
public sealed partial class TourTests(SharedSimulator simulator)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Every_line_of_the_tour_works_as_it_stands()
    {
        await using var gateway = await GatewayServer.StartAsync();
        using var folder = new TempDirectory();
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken);
        var tour = readme[readme.IndexOf("## A five-minute tour", StringComparison.Ordinal)..readme.IndexOf("## Settings", StringComparison.Ordinal)];
        var script = new List<string> { "set -euo pipefail" };
        script.AddRange(Blocks(tour, "bash"));
        var snippets = Blocks(tour, "csharp").ToList();
        snippets.Count.ShouldBe(2);
        for (var i = 0; i < snippets.Count; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, $"snippet{i}.cs"), Here(snippets[i]), TestContext.Current.CancellationToken);
            script.Add($"dotnet run snippet{i}.cs");
        }

        var output = await RunAsync(folder.Path, Here(string.Join('\n', script)));

        output.ShouldContain("You said: Hello from curl");
        output.ShouldContain("data: [DONE]");
        output.ShouldContain("\"type\":\"message\"", customMessage: output);
        output.ShouldContain("\"records\":");
        output.ShouldContain("gpt-5-mini");
        output.ShouldContain("You said: Hello from the OpenAI SDK");
        output.ShouldContain("You said: Hello from the Anthropic SDK");
        output.ShouldNotContain("\"error\"");

        string Here(string text) => text
            .Replace("http://localhost:8080", gateway.Url.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("http://127.0.0.1:9090", simulator.Server.Url.ToString().TrimEnd('/'), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Blocks(string markdown, string language) =>
        Block().Matches(markdown).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value);

    private static async Task<string> RunAsync(string folder, string script)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = shell.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = shell.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await shell.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!shell.HasExited)
            {
                shell.Kill(entireProcessTree: true);
            }
        }

        shell.ExitCode.ShouldBe(0, $"{await output}\n{await errors}");
        return await output;
    }

    [GeneratedRegex("```(\\w+)\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
