using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>OpenAI Responses.</summary>
/// <remarks>Source: OpenAI API reference, Responses and their streaming events, read 2026-11.</remarks>
internal sealed class ResponsesFormat : ClientFormat
{
    private static readonly RequestShape Request = new(Rules(inputIsRequired: true));

    // What is counted or made shorter may be an earlier response alone.
    private static readonly RequestShape AboutInput = new(Rules(inputIsRequired: false));

    public override WireFormat Wire => WireFormat.OpenAiResponses;

    public override string Name => "openai_responses";

    public override RequestShape Shape(Operation operation) => operation == Operation.Generate ? Request : AboutInput;

    public override AnswerReader CreateReader(InspectedRequest request) => new ResponsesReader();

    public override void CollectForeignThinking(ReadOnlySpan<byte> body, ModelCapabilities model, ForeignSignatures foreign, List<BodyEdit> edits) =>
        ResponsesForeignThinking.CollectEdits(body, foreign, edits);

    public override void CollectEdits(InspectedRequest request, string upstreamModel, ModelCapabilities model, List<BodyEdit> edits) => SetModel(request, upstreamModel, edits);

    public override void WriteError(IBufferWriter<byte> output, Failure failure, string requestId) => OpenAiErrorReply.Write(output, failure);

    /// <summary>Clients end a turn on a terminal event only: one that says that the response has failed.</summary>
    public override void WriteStreamError(IBufferWriter<byte> output, Failure failure, string requestId, AnswerSoFar? soFar)
    {
        soFar ??= new AnswerSoFar();
        output.Write("event: response.failed\ndata: "u8);
        using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "response.failed"u8);
            writer.WriteNumber("sequence_number"u8, soFar.NextNumber++);
            writer.WriteStartObject("response"u8);
            writer.WriteString("id"u8, soFar.Id.Length > 0 ? soFar.Id : "resp_" + NeutralId.Hash(requestId, 32));
            writer.WriteString("object"u8, "response"u8);
            writer.WriteNumber("created_at"u8, soFar.CreatedAt);
            writer.WriteString("status"u8, "failed"u8);
            writer.WriteStartObject("error"u8);
            writer.WriteString("code"u8, CodeOf(failure.Kind));
            writer.WriteString("message"u8, failure.Message);
            writer.WriteEndObject();
            writer.WriteNull("incomplete_details"u8);
            writer.WriteString("model"u8, soFar.Model);
            writer.WriteStartArray("output"u8);
            foreach (var item in soFar.Output)
            {
                writer.WriteRawValue(item, skipInputValidation: true);
            }

            writer.WriteEndArray();
            writer.WritePropertyName("usage"u8);
            ResponsesUsage.Write(writer, soFar.Usage);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    /// <summary>The published codes, and two more that Codex acts on: context_length_exceeded and insufficient_quota.</summary>
    private static ReadOnlySpan<byte> CodeOf(FailureKind kind) => kind switch
    {
        FailureKind.LimitClient or FailureKind.QuotaAccount or FailureKind.RateLimit => "rate_limit_exceeded"u8,
        FailureKind.ContextLength => "context_length_exceeded"u8,
        FailureKind.InvalidRequest or FailureKind.ContentFilter => "invalid_prompt"u8,
        _ => "server_error"u8,
    };

    private static FieldRule[] Rules(bool inputIsRequired) =>
    [
        .. OpenAiFields.Rules(),
        new FieldRule("input", JsonKinds.String | JsonKinds.Array | (inputIsRequired ? JsonKinds.None : JsonKinds.Null), Required: inputIsRequired) { Elements = Elements.Objects },
        new FieldRule("instructions", JsonKinds.NullableString | JsonKinds.Array),
        new FieldRule("max_output_tokens", JsonKinds.NullableInteger, 1),
        new FieldRule("max_tool_calls", JsonKinds.NullableInteger, 1),
        new FieldRule("reasoning", JsonKinds.NullableObject),
        new FieldRule("text", JsonKinds.NullableObject),
        new FieldRule("include", JsonKinds.NullableArray),
        new FieldRule("previous_response_id", JsonKinds.NullableString),
        new FieldRule("conversation", JsonKinds.NullableString | JsonKinds.Object),
        new FieldRule("prompt", JsonKinds.NullableObject),
        new FieldRule("background", JsonKinds.NullableBoolean),
        new FieldRule("truncation", JsonKinds.NullableString),
    ];
}
