using System.Text;

namespace Simulator.Http;

/// <summary>One server-sent event: an optional name and one line of data.</summary>
internal readonly record struct ServerEvent(string? Name, string Data)
{
    public ReadOnlyMemory<byte> ToBytes(bool crlf)
    {
        var end = crlf ? "\r\n" : "\n";
        var name = Name is null ? "" : $"event: {Name}{end}";
        return Encoding.UTF8.GetBytes($"{name}data: {Data}{end}{end}");
    }
}
