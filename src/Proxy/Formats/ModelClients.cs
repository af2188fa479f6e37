using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.OpenAiChat;

namespace Gateway.Proxy.Formats;

/// <summary>Tells by its headers which kind of client asks at a path that several kinds share.</summary>
internal sealed class ModelClients(OpenAiChatFormat openAi, ClaudeFormat claude)
{
    public ClientFormat FormatOf(HttpContext http) => IsClaude(http) ? claude : openAi;

    /// <summary>Claude clients see what they can reach; the others, whose library may be any, see everything.</summary>
    public static WireFormat? WireOf(HttpContext http) => IsClaude(http) ? WireFormat.Claude : null;

    private static bool IsClaude(HttpContext http) => http.Request.Headers.ContainsKey("anthropic-version");
}
