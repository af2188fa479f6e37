using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Tests.Support;

/// <summary>What came back on a connection; status 0: it was ended without an answer.</summary>
public sealed record RawReply(int Status, string Text);

/// <summary>A connection on which every byte goes out as it is written: clients of the framework mend or refuse what hostile ones send.</summary>
public sealed class RawHttp : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _authority;

    private RawHttp(string authority) => _authority = authority;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Whether something can be read, or the other side has ended.</summary>
    public bool HasReply => _socket.Poll(0, SelectMode.SelectRead);

    public static async Task<RawHttp> ConnectAsync(Uri server)
    {
        var raw = new RawHttp(server.Authority);
        await raw._socket.ConnectAsync(server.Host, server.Port, Cancel);
        return raw;
    }

    /// <summary>Sends one request on a connection of its own and reads until its end.</summary>
    public static async Task<RawReply> SendAsync(Uri server, string method, string target, string headers = "", string body = "")
    {
        using var raw = await ConnectAsync(server);
        await raw.SendAsync(raw.Head(method, target, headers + (body.Length > 0 ? $"Content-Length: {Encoding.Latin1.GetByteCount(body)}\r\n" : "")) + body);
        return await raw.ReadAsync();
    }

    /// <param name="headers">Each with its line end.</param>
    public string Head(string method, string target, string headers) => $"{method} {target} HTTP/1.1\r\nHost: {_authority}\r\nConnection: close\r\n{headers}\r\n";

    /// <summary>Sends Latin-1. False: the other side takes nothing more.</summary>
    public async Task<bool> SendAsync(string text)
    {
        try
        {
            var bytes = Encoding.Latin1.GetBytes(text).AsMemory();
            while (bytes.Length > 0)
            {
                bytes = bytes[await _socket.SendAsync(bytes, Cancel)..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Reads until the other side ends the connection.</summary>
    public async Task<RawReply> ReadAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer, Cancel) is var read and > 0)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // Ended with a reset: what came before it counts.
        }

        var reply = text.ToString();
        return new RawReply(reply.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(reply.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0, reply);
    }

    public void Dispose() => _socket.Dispose();
}
