using Gateway.Proxy.Formats.BedrockConverse;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>The platform's side of a wire format: requests out of neutral words, answers into them.</summary>
internal abstract class Codec
{
    public abstract RequestEncoder CreateRequestEncoder(NeutralRequest request, RequestTarget target);

    /// <summary>Whether the platform fetches a file by its address; where it does not, the gateway does.</summary>
    public virtual bool TakesUrl(MediaBlock media, RequestTarget target) => false;

    /// <summary>Whether prompts are cached only where the request marks them.</summary>
    public virtual bool TakesCacheMarks(RequestTarget target) => false;

    /// <summary>Null: the format has no way to count tokens.</summary>
    public virtual TokenCounting? TokenCounting => null;

    public abstract AnswerDecoder CreateAnswerDecoder();

    public static Codec Of(WireFormat wire) => wire == WireFormat.BedrockConverse ? ConverseCodec.Instance : ClientCodec.Of(wire);
}
