using System.Net;
using System.Net.Sockets;

namespace Gateway.Tests.Infrastructure.Http;

/// <summary>A port on loopback that keeps the first bytes of each connection and then closes it, after an answer if it has one.</summary>
internal sealed class LoopbackListener : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly byte[] _answer;
    private readonly Task _accepting;
    private readonly List<byte[]> _received = [];

    private LoopbackListener(IPAddress address, byte[] answer)
    {
        _listener = new TcpListener(address, 0);
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What came first on each connection so far.</summary>
    public IReadOnlyList<byte[]> Received
    {
        get
        {
            lock (_received)
            {
                return [.. _received];
            }
        }
    }

    public static LoopbackListener Start(byte[] answer, IPAddress? address = null) => new(address ?? IPAddress.Loopback, answer);

    /// <summary>Answers every request with an empty 200.</summary>
    public static LoopbackListener StartHttp(string headers = "", IPAddress? address = null) =>
        Start(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n{headers}\r\n"), address);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                var buffer = new byte[4096];
                var length = await connection.GetStream().ReadAsync(buffer);
                lock (_received)
                {
                    _received.Add(buffer[..length]);
                }

                await connection.GetStream().WriteAsync(_answer);
            }
            catch (Exception exception) when (exception is SocketException or InvalidOperationException)
            {
                return; // disposed
            }
            catch (IOException)
            {
                // The client went first.
            }
        }
    }
}
