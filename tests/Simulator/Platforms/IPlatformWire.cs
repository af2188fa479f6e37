using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms;

/// <summary>How a platform puts the answer to one exchange on the wire.</summary>
internal interface IPlatformWire
{
    /// <summary>The headers of every answer but its content type.</summary>
    IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    ReadOnlyMemory<byte> Body(JsonNode json);

    JsonObject Error(ScriptedError error);

    ServerEvent ErrorEvent(ScriptedError error);

    /// <summary>The content type of streams.</summary>
    string StreamType => "text/event-stream; charset=utf-8";

    /// <summary>One event as it travels.</summary>
    /// <param name="isDamaged">Whether a checksum is wrong, where the platform has any.</param>
    ReadOnlyMemory<byte> Frame(ServerEvent next, bool crlf, bool isDamaged) => next.ToBytes(crlf);
}
