using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Tests.Support;

/// <summary>An upstream that reads requests properly and answers them with bytes of the test's choice: what no HTTP server would send.</summary>
public sealed class RawUpstream : IAsyncDisposable
{
    private const int PieceBytes = 64 * 1024;

    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _start;
    private readonly byte[] _endless;
    private readonly long _most;
    private readonly Task _serving;
    private long _sentBytes;

    /// <param name="start">Sent once, in Latin-1.</param>
    /// <param name="endless">Then sent again and again, until the other side hangs up; empty: the connection is closed in good order.</param>
    /// <param name="most">So many bytes are as good as endless.</param>
    public RawUpstream(string start, string endless = "", long most = 0)
    {
        _start = Encoding.Latin1.GetBytes(start);
        _endless = endless.Length > 0 ? Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(endless, (PieceBytes / endless.Length) + 1))) : [];
        _most = most;
        _listener.Start();
        Url = $"http://{_listener.LocalEndpoint}";
        _serving = ServeAsync();
    }

    public string Url { get; }

    /// <summary>Of all answers together.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                await ReadRequestAsync(stream);
                await SendAsync(stream, _start);
                for (long sent = 0; sent < _most; sent += _endless.Length)
                {
                    await SendAsync(stream, _endless);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // The other side has hung up, or the test is over.
            }
        }
    }

    private async Task SendAsync(NetworkStream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes, _stop.Token);
        Interlocked.Add(ref _sentBytes, bytes.Length);
    }

    private async Task ReadRequestAsync(NetworkStream stream)
    {
        const string LengthName = "content-length:";
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        var length = 0;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            length = line.StartsWith(LengthName, StringComparison.OrdinalIgnoreCase) ? int.Parse(line.AsSpan(LengthName.Length), CultureInfo.InvariantCulture) : length;
        }

        await reader.ReadBlockAsync(new char[length], _stop.Token);
    }
}
