using Gateway.Proxy.Formats.BedrockConverse;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>The platform's side of a wire format: requests out of neutral words, answers into them.</summary>
internal abstract class Codec
{
    public abstract RequestEncoder CreateRequestEncoder(NeutralRequest request, RequestTarget target);

    public abstract AnswerDecoder CreateAnswerDecoder();

    public static Codec Of(WireFormat wire) => wire == WireFormat.BedrockConverse ? ConverseCodec.Instance : ClientCodec.Of(wire);
}
