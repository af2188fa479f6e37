using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.BedrockConverse;

internal sealed class ConverseCodec : Codec
{
    public static readonly ConverseCodec Instance = new();

    public override RequestEncoder CreateRequestEncoder(NeutralRequest request, RequestTarget target) => new ConverseRequestEncoder(request, target);

    public override AnswerDecoder CreateAnswerDecoder() => new ConverseDecoder();
}
