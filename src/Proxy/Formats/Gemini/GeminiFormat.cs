using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>Gemini's generateContent. The model and whether to stream are in the address.</summary>
/// <remarks>Source: Gemini API reference and google/rpc/error_details.proto, v1beta, read 2026-11.</remarks>
internal class GeminiFormat : ClientFormat
{
    // Both spellings are input; a name that is in neither list is the platform's to refuse.
    private static readonly RequestShape Content = new(
        new FieldRule("contents", JsonKinds.Array | JsonKinds.Object, Required: true) { Elements = Elements.Objects },
        new FieldRule("systemInstruction", JsonKinds.NullableObject | JsonKinds.String),
        new FieldRule("system_instruction", JsonKinds.NullableObject | JsonKinds.String),
        new FieldRule("tools", JsonKinds.NullableArray),
        new FieldRule("toolConfig", JsonKinds.NullableObject),
        new FieldRule("tool_config", JsonKinds.NullableObject),
        new FieldRule("generationConfig", JsonKinds.NullableObject),
        new FieldRule("generation_config", JsonKinds.NullableObject),
        new FieldRule("safetySettings", JsonKinds.NullableArray),
        new FieldRule("safety_settings", JsonKinds.NullableArray));

    private static readonly RequestShape Count = new(
        new FieldRule("contents", JsonKinds.NullableArray | JsonKinds.Object) { Elements = Elements.Objects },
        new FieldRule("generateContentRequest", JsonKinds.NullableObject),
        new FieldRule("generate_content_request", JsonKinds.NullableObject));

    public override WireFormat Wire => WireFormat.Gemini;

    public override string Name => "gemini";

    public override RequestShape Shape(Operation operation) => operation == Operation.CountTokens ? Count : Content;

    public override AnswerReader CreateReader(InspectedRequest request) => new GeminiReader();

    /// <summary>The body names no model.</summary>
    public override void CollectEdits(InspectedRequest request, string upstreamModel, ModelCapabilities model, List<BodyEdit> edits)
    {
    }

    public override void CollectForeignThinking(ReadOnlySpan<byte> body, ModelCapabilities model, ForeignSignatures foreign, List<BodyEdit> edits) =>
        GeminiForeignThinking.CollectEdits(body, model.NeedsSignatures, edits);

    public override int StatusOf(FailureKind kind) => kind == FailureKind.TooLarge ? StatusCodes.Status400BadRequest : base.StatusOf(kind);

    /// <summary>Google's own library takes no notice of an error event.</summary>
    public override bool BreaksAfterStreamError => true;

    public override void WriteError(IBufferWriter<byte> output, Failure failure, string requestId) => WriteErrorObject(output, failure);

    public override void WriteStreamError(IBufferWriter<byte> output, Failure failure, string requestId, AnswerSoFar? soFar)
    {
        output.Write("data: "u8);
        WriteErrorObject(output, failure);
        output.Write("\n\n"u8);
    }

    protected void WriteErrorObject(IBufferWriter<byte> output, Failure failure)
    {
        using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteNumber("code"u8, StatusOf(failure.Kind));
        writer.WriteString("message"u8, failure.Message);
        writer.WriteString("status"u8, NameOf(failure.Kind));
        WriteDetails(writer, failure);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter writer, Failure failure)
    {
        var wait = failure.Kind is FailureKind.RateLimit or FailureKind.LimitClient or FailureKind.QuotaAccount ? failure.RetryAfter ?? failure.Kind.RetryAfter() : null;
        if (failure.Field is null && wait is null)
        {
            return;
        }

        writer.WriteStartArray("details"u8);
        writer.WriteStartObject();
        if (wait is { } delay)
        {
            writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.RetryInfo"u8);
            writer.WriteString("retryDelay"u8, string.Create(CultureInfo.InvariantCulture, $"{delay.TotalSeconds:0.###}s"));
        }
        else
        {
            writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.BadRequest"u8);
            writer.WriteStartArray("fieldViolations"u8);
            writer.WriteStartObject();
            writer.WriteString("field"u8, failure.Field);
            writer.WriteString("description"u8, failure.Message);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static string NameOf(FailureKind kind) => kind switch
    {
        FailureKind.AuthClient => "UNAUTHENTICATED",
        FailureKind.ForbiddenClient => "PERMISSION_DENIED",
        FailureKind.ModelNotFound or FailureKind.NotFound => "NOT_FOUND",
        FailureKind.LimitClient or FailureKind.QuotaAccount or FailureKind.RateLimit => "RESOURCE_EXHAUSTED",
        FailureKind.Timeout => "DEADLINE_EXCEEDED",
        FailureKind.Server => "INTERNAL",
        FailureKind.Unreachable or FailureKind.Truncated or FailureKind.Overloaded or FailureKind.AuthAccount or FailureKind.NoAccount or FailureKind.Unavailable => "UNAVAILABLE",
        _ => "INVALID_ARGUMENT",
    };
}
