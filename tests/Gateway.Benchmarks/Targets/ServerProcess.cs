using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Gateway.Benchmarks.Targets;

/// <summary>A server in a process of its own, on a free port of loopback. Whoever starts it ends it, by its id.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int MostOutput = 64 * 1024;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(string name, ProcessStartInfo start)
    {
        _name = name;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(Failure("ended by itself"));
    }

    public Uri Url { get; private set; } = null!;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>User and system time of all its threads since it started: on Linux from /proc/PID/stat, in steps of 10 ms.</summary>
    public TimeSpan CpuTime => Current().TotalProcessorTime;

    /// <summary>The most physical memory that it has had at any time (VmHWM).</summary>
    public long PeakBytes => Current().PeakWorkingSet64;

    /// <param name="name">What messages call it.</param>
    /// <param name="program">Path of its <c>.dll</c>.</param>
    /// <param name="arguments">Its arguments, before the address.</param>
    /// <param name="directory">An empty directory: its temporary files, so that nothing is left behind when it is killed.</param>
    /// <param name="environment">More variables.</param>
    /// <exception cref="ServerFailedException">It does not print its address.</exception>
    public static async Task<ServerProcess> StartAsync(
        string name,
        string program,
        IEnumerable<string> arguments,
        string directory,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        start.Environment["TMPDIR"] = directory;
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var server = new ServerProcess(name, start);
        server._process.Start();
        try
        {
            server._process.BeginOutputReadLine();
            server._process.BeginErrorReadLine();
            server.Url = await server._address.Task.WaitAsync(StartLimit, cancellationToken);
            return server;
        }
        catch (TimeoutException)
        {
            await server.DisposeAsync();
            throw server.Failure($"has not printed its address after {StartLimit.TotalSeconds} s");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What went wrong, with the last words of the process.</summary>
    public ServerFailedException Failure(string what)
    {
        lock (_output)
        {
            return new ServerFailedException($"{_name} {what}. It printed:\n{_output}");
        }
    }

    /// <summary>Killed: there is nothing in it to be kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private Process Current()
    {
        if (HasExited)
        {
            throw Failure("ended by itself");
        }

        _process.Refresh();
        return _process;
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            if (_output.Length + line.Length < MostOutput)
            {
                _output.AppendLine(line);
            }
        }

        if (Address().Match(line) is { Success: true, Value: var address })
        {
            _address.TrySetResult(new Uri(address));
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[0-9]+")]
    private static partial Regex Address();
}
