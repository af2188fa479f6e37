using System.Net;
using System.Net.Sockets;

namespace Gateway.Tests.Support;

/// <summary>
/// A port of loopback in front of a server. It refuses connections, as a server that is away does, until it is opened, and again when it is closed. A
/// server that hangs is one whose connections are held.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly string _targetHost;
    private readonly int _targetPort;
    private CancellationTokenSource _stop = new();
    private Socket _listener = NewSocket();
    private Task _accepting = Task.CompletedTask;
    private volatile TaskCompletionSource _flow = Flowing();
    private volatile TaskCompletionSource _answers = Flowing();

    public TcpRelay(string targetHost, int targetPort)
    {
        _targetHost = targetHost;
        _targetPort = targetPort;

        // Bound but not listening: nobody else can take the port, and whoever connects is refused.
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    /// <summary>Called with what clients send, before it is passed on; from several threads.</summary>
    public Action<ReadOnlyMemory<byte>>? Sent { get; init; }

    public void Open()
    {
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Cuts every connection, and refuses new ones until it is opened again.</summary>
    public async Task CloseAsync()
    {
        await DisposeAsync();
        _stop = new CancellationTokenSource();
        _listener = NewSocket();
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _accepting = Task.CompletedTask;
    }

    /// <summary>Passes nothing on any more, neither way, and keeps every connection.</summary>
    public void Hold() => _flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Passes on what clients send, and nothing that the server answers: it does its work, and nobody learns of it.</summary>
    public void HoldAnswers() => _answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Passes on what was held.</summary>
    public void Release()
    {
        _flow.TrySetResult();
        _answers.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private static Socket NewSocket()
    {
        // A listener of the same port may have connections that are not quite over.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        return socket;
    }

    private static TaskCompletionSource Flowing()
    {
        var flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        flowing.SetResult();
        return flowing;
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(ForwardAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        try
        {
            using var near = new NetworkStream(client, ownsSocket: true);
            using var server = new TcpClient();
            await server.ConnectAsync(_targetHost, _targetPort, _stop.Token);
            var far = server.GetStream();
            await Task.WhenAny(CopyAsync(near, far, isAnswer: false), CopyAsync(far, near, isAnswer: true));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
        {
            // Either side went away: both connections are closed by now.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool isAnswer)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is var read and > 0)
        {
            if (!isAnswer)
            {
                Sent?.Invoke(buffer.AsMemory(0, read));
            }

            await _flow.Task.WaitAsync(_stop.Token);
            await (isAnswer ? _answers : _flow).Task.WaitAsync(_stop.Token);
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
