using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Claude;

internal sealed class ClaudeCodec : ClientCodec
{
    public static readonly ClaudeCodec Instance = new();

    public override NeutralRequest? DecodeRequest(JsonElement body, out Failure? failure) => ClaudeRequestDecoder.Decode(body, out failure);

    public override RequestEncoder CreateRequestEncoder(NeutralRequest request, RequestTarget target) => new ClaudeRequestEncoder(request.WithQuestion(), target);

    /// <summary>Bedrock's Claude takes bytes only.</summary>
    public override bool TakesUrl(MediaBlock media, RequestTarget target) => target.Platform != Platform.Bedrock;

    public override bool TakesCacheMarks(RequestTarget target) => true;

    public override TokenCounting TokenCounting => ClaudeTokenCounting.Instance;

    public override AnswerDecoder CreateAnswerDecoder(int? candidate = null) => new ClaudeDecoder();

    public override AnswerEncoder CreateAnswerEncoder(AnswerContext context) => new ClaudeEncoder(context);
}
