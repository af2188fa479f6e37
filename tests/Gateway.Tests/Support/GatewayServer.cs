using System.Diagnostics;
using System.Text;

namespace Gateway.Tests.Support;

/// <summary>The real program in a process of its own, on a free port of loopback, with a data directory of its own.</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    public const string AdminPassword = "correct horse battery";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly bool _ownsData;
    private readonly bool _ownsStore;
    private int _disposed;

    private GatewayServer(Process process, IReadOnlyDictionary<string, string> settings, TestStorage? store, bool ownsStore, string dataDirectory, bool ownsData)
    {
        _process = process;
        _settings = settings;
        _ownsData = ownsData;
        _ownsStore = ownsStore;
        Store = store;
        DataDirectory = dataDirectory;
    }

    public StorageKind Storage => Store is null ? StorageKind.Embedded : StorageKind.Servers;

    /// <summary>The servers behind it; null when embedded.</summary>
    public TestStorage? Store { get; }

    public string DataDirectory { get; }

    /// <summary>Root of the gateway, with a trailing slash.</summary>
    public Uri Url { get; private set; } = null!;

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>All that the process has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <param name="storage">Which pair of stores; <see cref="StorageKind.Servers"/> gets an empty database and an empty Redis.</param>
    /// <param name="settings">More settings, as in appsettings.json with <c>:</c>; an empty value takes a setting away.</param>
    /// <param name="dataDirectory">An existing directory to go on with; null: a new one that is deleted at the end.</param>
    public static async Task<GatewayServer> StartAsync(
        StorageKind storage = StorageKind.Embedded,
        IReadOnlyDictionary<string, string>? settings = null,
        string? dataDirectory = null,
        TestStorage? store = null)
    {
        var server = Launch(storage, settings, dataDirectory, store);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Starts the program and waits until it has ended by itself: for starts that must be refused, and for verbs.</summary>
    public static async Task<GatewayServer> RunToExitAsync(
        IReadOnlyDictionary<string, string>? settings = null, string? dataDirectory = null, TestStorage? store = null, params string[] arguments)
    {
        var server = Launch(store is null ? StorageKind.Embedded : StorageKind.Servers, settings, dataDirectory, store, arguments);
        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            await server._process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"The program did not end by itself:\n{server.Output}", exception);
        }

        return server;
    }

    /// <summary>Runs a verb of the program with the settings and the stores of this server, whether it still runs or not.</summary>
    public async Task<(int ExitCode, string Output)> RunVerbAsync(params string[] arguments)
    {
        await using var verb = await RunToExitAsync(_settings, DataDirectory, Store, arguments);
        return (verb.ExitCode, verb.Output);
    }

    /// <summary>Waits for a server that was launched.</summary>
    public async Task WaitUntilReadyAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            Url = await _address.Task.WaitAsync(limit.Token);
        }
        catch (Exception exception)
        {
            await DisposeAsync();
            throw new InvalidOperationException($"The gateway did not start:\n{Output}", exception);
        }
    }

    /// <summary>A client of the management API and the proxy, logged in as nobody.</summary>
    public HttpClient CreateClient() => DescribedAnswers.CreateClient(Url);

    /// <summary>A client with the administrator's token.</summary>
    public async Task<HttpClient> CreateAdminClientAsync()
    {
        var client = CreateClient();
        await client.LogInAsync("admin", AdminPassword);
        return client;
    }

    /// <summary>Sends a signal by name, for instance <c>INT</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Stops as Ctrl-C does and keeps the data directory.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("INT");
        return await WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        if (_ownsStore)
        {
            Store!.Dispose();
        }

        if (_ownsData && Directory.Exists(DataDirectory))
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    /// <summary>Starts the program and waits for nothing.</summary>
    public static GatewayServer Launch(
        StorageKind storage, IReadOnlyDictionary<string, string>? settings, string? dataDirectory, TestStorage? store, params string[] arguments)
    {
        settings ??= new Dictionary<string, string>();
        var data = dataDirectory ?? Directory.CreateTempSubdirectory("gateway-test-").FullName;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Gateway.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var ownsStore = false;
        start.Environment["URLS"] = "http://127.0.0.1:0";
        start.Environment["Gateway__DataDirectory"] = data;
        start.Environment["Gateway__AdminPassword"] = AdminPassword;
        if (storage == StorageKind.Servers)
        {
            ownsStore = store is null;
            store ??= TestStorage.Create();
            start.Environment["ConnectionStrings__MySql"] = store.MySql;
            start.Environment["ConnectionStrings__Redis"] = store.Redis;
            start.Environment["Upstream__AllowedPrivateNetworks__0"] = "127.0.0.0/8";
        }

        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value.Length == 0 ? null : value;
        }

        var server = new GatewayServer(new Process { StartInfo = start }, settings, store, ownsStore, data, ownsData: dataDirectory is null);
        server._process.OutputDataReceived += (_, line) => server.Read(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Read(line.Data);
        server._process.EnableRaisingEvents = true;
        server._process.Exited += (_, _) => server._address.TrySetException(new InvalidOperationException("The process has ended."));
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    private void Read(string? line)
    {
        const string Marker = "Gateway listening on ";
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line.StartsWith(Marker, StringComparison.Ordinal))
        {
            _address.TrySetResult(new Uri(line[Marker.Length..].Split(',')[0].TrimEnd('/') + "/"));
        }
    }
}
