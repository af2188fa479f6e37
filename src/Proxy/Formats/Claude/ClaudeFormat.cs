using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>Claude Messages and its token count.</summary>
/// <remarks>Source: Anthropic API reference, Messages and errors, anthropic-version 2023-06-01, read 2026-11.</remarks>
internal sealed class ClaudeFormat : ClientFormat
{
    private const string TooLong = "prompt is too long";

    private static readonly FieldRule[] Common =
    [
        new FieldRule("model", JsonKinds.String, Required: true),
        new FieldRule("messages", JsonKinds.Array, Required: true) { Elements = Elements.Messages },
        new FieldRule("system", JsonKinds.String | JsonKinds.Array | JsonKinds.Null),
        new FieldRule("tools", JsonKinds.NullableArray),
        new FieldRule("tool_choice", JsonKinds.NullableObject),
        new FieldRule("thinking", JsonKinds.NullableObject),
        new FieldRule("output_config", JsonKinds.NullableObject),
    ];

    private static readonly RequestShape Messages = new(
    [
        .. Common,
        new FieldRule("max_tokens", JsonKinds.Integer, 0, Required: true),
        new FieldRule("stream", JsonKinds.NullableBoolean),
        new FieldRule("stop_sequences", JsonKinds.NullableArray),
        new FieldRule("temperature", JsonKinds.NullableNumber, 0, 1),
        new FieldRule("top_p", JsonKinds.NullableNumber, 0, 1),
        new FieldRule("top_k", JsonKinds.NullableInteger, 0),
        new FieldRule("metadata", JsonKinds.NullableObject),
        new FieldRule("service_tier", JsonKinds.NullableString),
        new FieldRule("speed", JsonKinds.NullableString),
        new FieldRule("inference_geo", JsonKinds.NullableString),
    ]);

    private static readonly RequestShape CountTokens = new([.. Common.Select(rule => rule with { })]);

    public override WireFormat Wire => WireFormat.Claude;

    public override string Name => "claude";

    public override RequestShape Shape(Operation operation) => operation == Operation.CountTokens ? CountTokens : Messages;

    public override AnswerReader CreateReader(InspectedRequest request) => new ClaudeReader();

    public override void CollectEdits(InspectedRequest request, string upstreamModel, ModelCapabilities model, List<BodyEdit> edits) => SetModel(request, upstreamModel, edits);

    public override void CollectForeignThinking(ReadOnlySpan<byte> body, ModelCapabilities model, ForeignSignatures foreign, List<BodyEdit> edits) =>
        ClaudeForeignThinking.CollectEdits(body, foreign, edits);

    /// <summary>529 is Claude's own "overloaded".</summary>
    public override int StatusOf(FailureKind kind) => kind == FailureKind.Overloaded ? 529 : base.StatusOf(kind);

    public override void WriteError(IBufferWriter<byte> output, Failure failure, string requestId)
    {
        using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "error"u8);
        writer.WriteStartObject("error"u8);
        writer.WriteString("type"u8, TypeOf(failure.Kind));
        writer.WriteString("message"u8, MessageOf(failure));
        writer.WriteEndObject();
        writer.WriteString("request_id"u8, requestId);
        writer.WriteEndObject();
    }

    public override ReadOnlySpan<byte> KeepAlive => "event: ping\ndata: {\"type\":\"ping\"}\n\n"u8;

    public override void WriteStreamError(IBufferWriter<byte> output, Failure failure, string requestId, AnswerSoFar? soFar)
    {
        output.Write("event: error\ndata: "u8);
        WriteError(output, failure, requestId);
        output.Write("\n\n"u8);
    }

    /// <summary>Claude Code shortens a conversation when the message begins so.</summary>
    private static string MessageOf(Failure failure) =>
        failure.Kind == FailureKind.ContextLength && !failure.Message.StartsWith(TooLong, StringComparison.OrdinalIgnoreCase) ? $"{TooLong}: {failure.Message}" : failure.Message;

    private static string TypeOf(FailureKind kind) => kind switch
    {
        FailureKind.InvalidRequest or FailureKind.ContextLength or FailureKind.ContentFilter or FailureKind.UnsupportedMedia or FailureKind.ClientTimeout => "invalid_request_error",
        FailureKind.TooLarge => "request_too_large",
        FailureKind.AuthClient => "authentication_error",
        FailureKind.ForbiddenClient => "permission_error",
        FailureKind.ModelNotFound or FailureKind.NotFound => "not_found_error",
        FailureKind.LimitClient or FailureKind.QuotaAccount or FailureKind.RateLimit => "rate_limit_error",
        FailureKind.Overloaded or FailureKind.NoAccount or FailureKind.Unavailable => "overloaded_error",
        FailureKind.Timeout => "timeout_error",
        _ => "api_error",
    };
}
