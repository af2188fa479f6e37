using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

internal sealed class ResponsesCodec : ClientCodec
{
    public static readonly ResponsesCodec Instance = new();

    public override NeutralRequest? DecodeRequest(JsonElement body, out Failure? failure) => ResponsesRequestDecoder.Decode(body, out failure);

    public override RequestEncoder CreateRequestEncoder(NeutralRequest request, RequestTarget target) => new ResponsesRequestEncoder(request, target);

    public override bool TakesUrl(MediaBlock media, RequestTarget target) => true;

    public override TokenCounting TokenCounting => ResponsesTokenCounting.Instance;

    public override AnswerDecoder CreateAnswerDecoder(int? candidate = null) => new ResponsesDecoder();

    public override AnswerEncoder CreateAnswerEncoder(AnswerContext context) => new ResponsesEncoder(context);
}
