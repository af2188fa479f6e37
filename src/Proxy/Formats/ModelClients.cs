using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Formats.OpenAiChat;

namespace Gateway.Proxy.Formats;

/// <summary>Tells which kind of client asks at a path that several kinds share.</summary>
internal sealed class ModelClients(OpenAiChatFormat openAi, ClaudeFormat claude, GeminiFormat gemini)
{
    /// <summary>Gemini clients say it by where they put their key, Claude clients by a header.</summary>
    public ClientFormat FormatOf(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/v1beta") || http.Request.Headers.ContainsKey("x-goog-api-key") || http.Request.Query.ContainsKey("key") ? gemini
        : http.Request.Headers.ContainsKey("anthropic-version") ? claude
        : openAi;
}
