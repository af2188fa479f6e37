using System.Buffers;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>OpenAI Chat Completions.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions and error codes, read 2026-11.</remarks>
internal sealed class OpenAiChatFormat : ClientFormat
{
    private const JsonKinds NullableInteger = JsonKinds.Integer | JsonKinds.Null;
    private const JsonKinds NullableNumber = JsonKinds.Number | JsonKinds.Null;
    private const JsonKinds NullableString = JsonKinds.String | JsonKinds.Null;
    private const JsonKinds NullableBoolean = JsonKinds.Boolean | JsonKinds.Null;
    private const JsonKinds NullableObject = JsonKinds.Object | JsonKinds.Null;
    private const JsonKinds NullableArray = JsonKinds.Array | JsonKinds.Null;

    private static readonly RequestShape Request = new(
        new FieldRule("model", JsonKinds.String, Required: true),
        new FieldRule("messages", JsonKinds.Array, Required: true) { Elements = Elements.Messages },
        new FieldRule("stream", NullableBoolean),
        new FieldRule("stream_options", NullableObject),
        new FieldRule("max_tokens", NullableInteger, 1),
        new FieldRule("max_completion_tokens", NullableInteger, 1),
        new FieldRule("n", NullableInteger, 1, 128),
        new FieldRule("temperature", NullableNumber, 0, 2),
        new FieldRule("top_p", NullableNumber, 0, 1),
        new FieldRule("presence_penalty", NullableNumber, -2, 2),
        new FieldRule("frequency_penalty", NullableNumber, -2, 2),
        new FieldRule("logit_bias", NullableObject),
        new FieldRule("logprobs", NullableBoolean),
        new FieldRule("top_logprobs", NullableInteger, 0, 20),
        new FieldRule("seed", NullableInteger),
        new FieldRule("stop", NullableString | JsonKinds.Array),
        new FieldRule("tools", NullableArray),
        new FieldRule("tool_choice", NullableString | JsonKinds.Object),
        new FieldRule("parallel_tool_calls", NullableBoolean),
        new FieldRule("functions", NullableArray),
        new FieldRule("function_call", NullableString | JsonKinds.Object),
        new FieldRule("response_format", NullableObject),
        new FieldRule("reasoning_effort", NullableString),
        new FieldRule("verbosity", NullableString),
        new FieldRule("service_tier", NullableString),
        new FieldRule("modalities", NullableArray),
        new FieldRule("audio", NullableObject),
        new FieldRule("prediction", NullableObject),
        new FieldRule("web_search_options", NullableObject),
        new FieldRule("metadata", NullableObject),
        new FieldRule("store", NullableBoolean),
        new FieldRule("user", NullableString),
        new FieldRule("safety_identifier", NullableString),
        new FieldRule("prompt_cache_key", NullableString),
        new FieldRule("prompt_cache_retention", NullableString));

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

    public override int StatusOf(FailureKind kind) => OpenAiErrorReply.StatusOf(kind);

    public override void WriteError(IBufferWriter<byte> output, Failure failure, string requestId) => OpenAiErrorReply.Write(output, failure);

    public override void WriteStreamError(IBufferWriter<byte> output, Failure failure, string requestId, AnswerSoFar? soFar)
    {
        output.Write("data: "u8);
        OpenAiErrorReply.Write(output, failure);
        output.Write("\n\n"u8);
    }
}
