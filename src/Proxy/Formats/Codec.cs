using System.Text.Json;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Formats.OpenAiResponses;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>One wire format to and from neutral words: a client's requests in and answers out, a platform's requests out and answers in.</summary>
internal abstract class Codec
{
    /// <returns>Null: the request holds something that only its own format can carry; <paramref name="failure"/> names it.</returns>
    public abstract NeutralRequest? DecodeRequest(JsonElement body, out Failure? failure);

    public abstract RequestEncoder CreateRequestEncoder(NeutralRequest request, RequestTarget target);

    /// <summary>Whether the platform fetches a file by its address; where it does not, the gateway does.</summary>
    public virtual bool TakesUrl(MediaBlock media, RequestTarget target) => false;

    /// <summary>Whether prompts are cached only where the request marks them.</summary>
    public virtual bool TakesCacheMarks => false;

    /// <summary>Null: the format has no way to count tokens.</summary>
    public virtual TokenCounting? TokenCounting => null;

    public abstract AnswerDecoder CreateAnswerDecoder();

    public abstract AnswerEncoder CreateAnswerEncoder(AnswerContext context);

    public static Codec Of(WireFormat wire) => wire switch
    {
        WireFormat.OpenAiChat => OpenAiChatCodec.Instance,
        WireFormat.OpenAiResponses => ResponsesCodec.Instance,
        WireFormat.Claude => ClaudeCodec.Instance,
        WireFormat.Gemini => GeminiCodec.Instance,
        _ => throw new InvalidOperationException($"There is no codec for {wire}."),
    };
}
