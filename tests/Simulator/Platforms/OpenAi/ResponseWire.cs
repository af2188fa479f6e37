using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>As the platform's other answers, but for errors inside a stream: the response itself says that it has failed.</summary>
internal sealed class ResponseWire(OpenAiWire wire, ResponseReply reply) : IPlatformWire
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers => wire.Headers;

    public ReadOnlyMemory<byte> Body(JsonNode json) => wire.Body(json);

    public JsonObject Error(ScriptedError error) => wire.Error(error);

    public ServerEvent ErrorEvent(ScriptedError error) => reply.Failed(error.Code ?? (error.Status == 429 ? "rate_limit_exceeded" : "server_error"), Message(error));

    private string Message(ScriptedError error) => wire.Error(error)["error"]!["message"]!.GetValue<string>();
}
