using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiChat;

internal sealed class OpenAiChatCodec : ClientCodec
{
    public static readonly OpenAiChatCodec Instance = new();

    public override NeutralRequest? DecodeRequest(JsonElement body, out Failure? failure) => OpenAiChatRequestDecoder.Decode(body, out failure);

    public override RequestEncoder CreateRequestEncoder(NeutralRequest request, RequestTarget target) => new OpenAiChatRequestEncoder(request, target);

    public override bool TakesUrl(MediaBlock media, RequestTarget target) => media.Kind == MediaKind.Image;

    public override string CandidateList => "choices";

    public override AnswerDecoder CreateAnswerDecoder(int? candidate = null) => new OpenAiChatDecoder(candidate);

    public override AnswerEncoder CreateAnswerEncoder(AnswerContext context) => new OpenAiChatEncoder(context);
}
