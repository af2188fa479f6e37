using System.Buffers;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>OpenAI Chat Completions.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions and error codes, read 2026-11.</remarks>
internal sealed class OpenAiChatFormat : ClientFormat
{
    private static readonly RequestShape Request = new(
    [
        .. OpenAiFields.Rules(),
        new FieldRule("messages", JsonKinds.Array, Required: true) { Elements = Elements.Messages },
        new FieldRule("max_tokens", JsonKinds.NullableInteger, 1),
        new FieldRule("max_completion_tokens", JsonKinds.NullableInteger, 1),
        new FieldRule("n", JsonKinds.NullableInteger, 1, 128),
        new FieldRule("presence_penalty", JsonKinds.NullableNumber, -2, 2),
        new FieldRule("frequency_penalty", JsonKinds.NullableNumber, -2, 2),
        new FieldRule("logit_bias", JsonKinds.NullableObject),
        new FieldRule("logprobs", JsonKinds.NullableBoolean),
        new FieldRule("seed", JsonKinds.NullableInteger),
        new FieldRule("stop", JsonKinds.NullableString | JsonKinds.Array),
        new FieldRule("functions", JsonKinds.NullableArray),
        new FieldRule("function_call", JsonKinds.NullableString | JsonKinds.Object),
        new FieldRule("response_format", JsonKinds.NullableObject),
        new FieldRule("reasoning_effort", JsonKinds.NullableString),
        new FieldRule("verbosity", JsonKinds.NullableString),
        new FieldRule("modalities", JsonKinds.NullableArray),
        new FieldRule("audio", JsonKinds.NullableObject),
        new FieldRule("prediction", JsonKinds.NullableObject),
        new FieldRule("web_search_options", JsonKinds.NullableObject),
    ]);

    public override WireFormat Wire => WireFormat.OpenAiChat;

    public override string Name => "openai_chat";

    public override RequestShape Shape(Operation operation) => Request;

    public override AnswerReader CreateReader(InspectedRequest request) => new OpenAiChatReader(keepUsageChunk: request.IncludeUsage);

    public override void CollectEdits(InspectedRequest request, string upstreamModel, ModelCapabilities model, List<BodyEdit> edits)
    {
        SetModel(request, upstreamModel, edits);
        if (model.Reasons && !request.MaxTokensName.IsEmpty)
        {
            // Models that reason take the limit by its newer name only.
            edits.Add(new BodyEdit(request.MaxTokensName, "\"max_completion_tokens\""u8.ToArray()));
        }

        if (!request.Stream || request.IncludeUsage)
        {
            return;
        }

        // A stream reports usage only when asked, and money is counted by it. The reader keeps the extra chunk from a client that did not ask.
        if (!request.IncludeUsageRange.IsEmpty)
        {
            edits.Add(new BodyEdit(request.IncludeUsageRange, "true"u8.ToArray()));
        }
        else if (request.HasStreamOptionsMembers)
        {
            edits.Add(new BodyEdit(new BodyRange(request.StreamOptionsRange.Start + 1, 0), "\"include_usage\":true,"u8.ToArray()));
        }
        else if (!request.StreamOptionsRange.IsEmpty)
        {
            // Null, or an object with nothing in it.
            edits.Add(new BodyEdit(request.StreamOptionsRange, "{\"include_usage\":true}"u8.ToArray()));
        }
        else
        {
            // The object has at least the required members, so a comma may follow.
            edits.Add(new BodyEdit(new BodyRange(request.MembersStart, 0), "\"stream_options\":{\"include_usage\":true},"u8.ToArray()));
        }
    }

    public override void CollectForeignThinking(ReadOnlySpan<byte> body, ModelCapabilities model, ForeignSignatures foreign, List<BodyEdit> edits) =>
        OpenAiChatForeignThinking.CollectEdits(body, edits);

    public override void WriteError(IBufferWriter<byte> output, Failure failure, string requestId) => OpenAiErrorReply.Write(output, failure);

    public override void WriteStreamError(IBufferWriter<byte> output, Failure failure, string requestId, AnswerSoFar? soFar)
    {
        output.Write("data: "u8);
        OpenAiErrorReply.Write(output, failure);
        output.Write("\n\n"u8);
    }
}
