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

    /// <summary>The member that lists the answers when there are several; null: there is never more than one.</summary>
    public virtual string? CandidateList => null;

    /// <param name="candidate">Which of several answers to the request it reads, from 0 on; null: there is one.</param>
    public abstract AnswerDecoder CreateAnswerDecoder(int? candidate = null);

    public static Codec Of(WireFormat wire) => wire == WireFormat.BedrockConverse ? ConverseCodec.Instance : ClientCodec.Of(wire);
}
