using System.Text;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.Bedrock;

/// <summary>Everything compact; streams are binary messages with checksums, and what ends one early is an exception.</summary>
internal class BedrockWire(Exchange exchange) : IPlatformWire
{
    private const string ExceptionMark = "!";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [new("x-amzn-requestid", exchange.Id("", 32))];

    public string StreamType => "application/vnd.amazon.eventstream";

    public ReadOnlyMemory<byte> Body(JsonNode json) => Encoding.UTF8.GetBytes(WireJson.Compact(json));

    public JsonObject Error(ScriptedError error) => new() { ["message"] = error.Message ?? BedrockErrors.Usual(error.Status).Message };

    public ServerEvent ErrorEvent(ScriptedError error) =>
        new($"{ExceptionMark}{BedrockErrors.InStream(error.Type ?? BedrockErrors.Usual(error.Status).Type)}", WireJson.Compact(Error(error)));

    public ReadOnlyMemory<byte> Frame(ServerEvent next, bool crlf, bool isDamaged)
    {
        var frame = next.Name!.StartsWith(ExceptionMark, StringComparison.Ordinal) ? EventFrame.Exception(next.Name[1..], next.Data) : Write(next);
        if (isDamaged)
        {
            frame[^1] ^= 1;
        }

        return frame;
    }

    /// <summary>With the name of its exception, which is no part of the body.</summary>
    public static WireAnswer NameError(WireAnswer answer, ScriptedError error) => answer with
    {
        Headers = [.. answer.Headers, new("x-amzn-errortype", $"{error.Type ?? BedrockErrors.Usual(error.Status).Type}:http://internal.amazon.com/coral/com.amazon.bedrock/")],
    };

    protected virtual byte[] Write(ServerEvent next) => EventFrame.Event(next.Name!, next.Data);
}

/// <summary>InvokeModel's streams: each message holds one event of the model's own.</summary>
internal sealed class InvokeWire(Exchange exchange) : BedrockWire(exchange)
{
    protected override byte[] Write(ServerEvent next) => EventFrame.Chunk(next.Data);
}
