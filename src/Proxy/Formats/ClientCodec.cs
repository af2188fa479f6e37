using System.Text.Json;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Formats.OpenAiResponses;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>A wire format that clients speak, too: their requests into neutral words, answers out of them.</summary>
internal abstract class ClientCodec : Codec
{
    /// <returns>Null: the request holds something that only its own format can carry; <paramref name="failure"/> names it.</returns>
    public abstract NeutralRequest? DecodeRequest(JsonElement body, out Failure? failure);

    public abstract AnswerEncoder CreateAnswerEncoder(AnswerContext context);

    public static new ClientCodec Of(WireFormat wire) => wire switch
    {
        WireFormat.OpenAiChat => OpenAiChatCodec.Instance,
        WireFormat.OpenAiResponses => ResponsesCodec.Instance,
        WireFormat.Claude => ClaudeCodec.Instance,
        WireFormat.Gemini => GeminiCodec.Instance,
        _ => throw new InvalidOperationException($"No client speaks {wire}."),
    };
}
