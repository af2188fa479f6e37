using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.BedrockConverse;

internal sealed class ConverseCodec : Codec
{
    public static readonly ConverseCodec Instance = new();

    public override RequestEncoder CreateRequestEncoder(NeutralRequest request, RequestTarget target) => new ConverseRequestEncoder(request.WithQuestion(), target);

    public override bool TakesCacheMarks(RequestTarget target) => target.Capabilities.Converse.CacheMarks;

    public override AnswerDecoder CreateAnswerDecoder(int? candidate = null) => new ConverseDecoder();
}
