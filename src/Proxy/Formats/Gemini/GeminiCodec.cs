using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Gemini;

internal sealed class GeminiCodec : ClientCodec
{
    public static readonly GeminiCodec Instance = new();

    public override NeutralRequest? DecodeRequest(JsonElement body, out Failure? failure) => GeminiRequestDecoder.Decode(body, out failure);

    public override RequestEncoder CreateRequestEncoder(NeutralRequest request, RequestTarget target) => new GeminiRequestEncoder(request, target);

    public override AnswerDecoder CreateAnswerDecoder() => new GeminiDecoder();

    public override AnswerEncoder CreateAnswerEncoder(AnswerContext context) => new GeminiEncoder(context);
}
