using System.Diagnostics;
using System.Text.RegularExpressions;
using Gateway.Tests.Support;

namespace Gateway.Tests.Readme;

/// <summary>Executes the README's tour as it stands, from the top to the end, beginning in the checkout: its lines in one shell, its files where it says to save them.</summary>
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
        var script = string.Concat(Steps(tour).Prepend("set -euo pipefail\n"));

        var output = await RunAsync(folder.Path, Here(script));

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

    /// <summary>What a reader does in the third terminal: types the lines, and saves the files under the names before them.</summary>
    private static IEnumerable<string> Steps(string tour)
    {
        var files = 0;
        foreach (Match block in Block().Matches(tour))
        {
            var text = block.Groups["text"].Value;
            switch (block.Groups["language"].Value)
            {
                case "bash":
                    yield return text;
                    break;
                case "csharp":
                    files++;
                    yield return $"cat > {block.Groups["file"].Value} <<'END-OF-FILE'\n{text}END-OF-FILE\n";
                    break;
            }
        }

        files.ShouldBe(2);
    }

    /// <param name="temporary">Where <c>mktemp</c> makes its folders.</param>
    private static async Task<string> RunAsync(string temporary, string script)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = Repository.Root,
            Environment = { ["TMPDIR"] = temporary },
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

    [GeneratedRegex("(as `(?<file>\\w+\\.cs)`:\\s+)?```(?<language>\\w*)\\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
