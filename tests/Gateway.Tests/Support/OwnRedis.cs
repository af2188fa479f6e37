using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Gateway.Tests.Support;

/// <summary>A Redis of a test's own, which may be filled up, stopped and started with what it had at another time.</summary>
public sealed class OwnRedis : IAsyncDisposable
{
    private readonly TempDirectory _home = new();
    private Process _process;

    private OwnRedis(int port)
    {
        Port = port;
        _process = Launch();
    }

    public int Port { get; }

    /// <summary>As the gateway takes it.</summary>
    public string ConnectionString => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The test's own connection, as an administrator; made anew with each start.</summary>
    public ConnectionMultiplexer Connection { get; private set; } = null!;

    public IServer Server => Connection.GetServers()[0];

    public static async Task<OwnRedis> StartAsync()
    {
        int port;
        using (var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            port = ((IPEndPoint)probe.LocalEndPoint!).Port;
        }

        var redis = new OwnRedis(port);
        await redis.ConnectAsync();
        return redis;
    }

    /// <summary>Writes down what it has now.</summary>
    public Task SaveAsync() => Connection.GetDatabase().ExecuteAsync("SAVE");

    /// <summary>Kills it.</summary>
    public async Task StopAsync()
    {
        await Connection.DisposeAsync();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Starts it again with what was last saved.</summary>
    public async Task StartAgainAsync()
    {
        _process = Launch();
        await ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _home.Dispose();
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", _home.Path, "--save", "", "--appendonly", "no"])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    private async Task ConnectAsync()
    {
        var options = ConfigurationOptions.Parse(ConnectionString);
        options.AllowAdmin = true;
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                Connection = await ConnectionMultiplexer.ConnectAsync(options);
                return true;
            }
            catch (RedisConnectionException)
            {
                return false;
            }
        });
    }
}
