using Gateway.Benchmarks.Targets;

namespace Soak.Gateways;

/// <summary>One instance of the gateway, which can be killed and started again on the same data.</summary>
internal sealed class GatewayNode(int number, string directory, Stores stores, string adminPassword) : IAsyncDisposable
{
    private readonly List<(DateTime From, DateTime Until)> _absences = [];
    private ServerProcess? _process;

    public int Number => number;

    /// <summary>Where it listens; null: it does not run.</summary>
    public Uri? Url => Volatile.Read(ref _process)?.Url;

    public int Kills { get; private set; }

    /// <summary>Only Linux' kill -9 ends it: that it ended by itself is a finding.</summary>
    /// <exception cref="ServerFailedException">It has ended by itself.</exception>
    public void Check()
    {
        if (_process is { HasExited: true } process)
        {
            throw process.Failure("ended by itself");
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__MySql"] = stores.MySql,
            ["ConnectionStrings__Redis"] = stores.Redis,
            ["Gateway__DataDirectory"] = Path.Combine(directory, "data"),
            ["Gateway__AdminUsername"] = "admin",
            ["Gateway__AdminPassword"] = adminPassword,
            ["Upstream__AllowedPrivateNetworks__0"] = "127.0.0.0/8",
        };
        var program = Path.Combine(AppContext.BaseDirectory, "Gateway.dll");
        Volatile.Write(ref _process, await ServerProcess.StartAsync($"gateway {number}", program, [], directory, cancellationToken, environment));
        lock (_absences)
        {
            if (_absences.Count > 0)
            {
                _absences[^1] = _absences[^1] with { Until = DateTime.UtcNow };
            }
        }
    }

    public async Task KillAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is { } process)
        {
            lock (_absences)
            {
                _absences.Add((DateTime.UtcNow, DateTime.MaxValue));
            }

            Kills++;
            await process.DisposeAsync();
        }
    }

    /// <summary>Whether it was away at some moment between two times.</summary>
    public bool WasAway(DateTime from, DateTime until)
    {
        lock (_absences)
        {
            return _absences.Exists(absence => absence.From <= until && absence.Until >= from);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is { } process)
        {
            await process.DisposeAsync();
        }
    }
}
