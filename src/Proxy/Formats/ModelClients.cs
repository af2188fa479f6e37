using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Formats.OpenAiChat;

namespace Gateway.Proxy.Formats;

/// <summary>Tells which kind of client asks at a path that several kinds share.</summary>
internal sealed class ModelClients(OpenAiChatFormat openAi, ClaudeFormat claude, GeminiFormat gemini)
{
    public ClientFormat FormatOf(HttpContext http) => WireOf(http) switch
    {
        WireFormat.Gemini => gemini,
        WireFormat.Claude => claude,
        _ => openAi,
    };

    /// <summary>Gemini clients say it by where they put their key, Claude clients by a header; the others may be any, and see everything.</summary>
    public static WireFormat? WireOf(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/v1beta") || http.Request.Headers.ContainsKey("x-goog-api-key") || http.Request.Query.ContainsKey("key") ? WireFormat.Gemini
        : http.Request.Headers.ContainsKey("anthropic-version") ? WireFormat.Claude
        : null;
}
