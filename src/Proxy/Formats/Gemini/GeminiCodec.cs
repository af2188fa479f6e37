using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Gemini;

internal sealed class GeminiCodec : ClientCodec
{
    public static readonly GeminiCodec Instance = new();

    /// <summary>A count of tokens may hold the request as a whole.</summary>
    public override NeutralRequest? DecodeRequest(JsonElement body, out Failure? failure) =>
        GeminiRequestDecoder.Decode(body.ProtoObject("generateContentRequest") ?? body, out failure);

    public override RequestEncoder CreateRequestEncoder(NeutralRequest request, RequestTarget target) => new GeminiRequestEncoder(request.WithQuestion(), target);

    public override TokenCounting TokenCounting => GeminiTokenCounting.Instance;

    public override string CandidateList => "candidates";

    public override AnswerDecoder CreateAnswerDecoder(int? candidate = null) => new GeminiDecoder(candidate);

    public override AnswerEncoder CreateAnswerEncoder(AnswerContext context) => new GeminiEncoder(context);
}
