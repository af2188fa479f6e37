using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAi;

/// <summary>Neutral failures as clients of OpenAI's formats read them.</summary>
/// <remarks>Source: OpenAI API reference, error codes, read 2026-11.</remarks>
internal static class OpenAiErrorReply
{
    /// <summary>The whole body: an object with the one member <c>error</c>.</summary>
    public static void Write(IBufferWriter<byte> output, Failure failure)
    {
        var (type, code) = TypeAndCode(failure.Kind);
        using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, failure.Message);
        writer.WriteString("type"u8, type);
        writer.WriteString("param"u8, failure.Field);
        writer.WriteString("code"u8, failure.Code ?? code);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static (string Type, string? Code) TypeAndCode(FailureKind kind) => kind switch
    {
        FailureKind.InvalidRequest or FailureKind.TooLarge or FailureKind.UnsupportedMedia or FailureKind.ClientTimeout => ("invalid_request_error", null),
        FailureKind.ContextLength => ("invalid_request_error", "context_length_exceeded"),
        FailureKind.ContentFilter => ("invalid_request_error", "content_filter"),
        FailureKind.AuthClient => ("invalid_request_error", "invalid_api_key"),
        FailureKind.ForbiddenClient => ("permission_error", "permission_denied"),
        FailureKind.ModelNotFound => ("invalid_request_error", "model_not_found"),
        FailureKind.NotFound => ("invalid_request_error", "not_found"),
        FailureKind.LimitClient or FailureKind.QuotaAccount or FailureKind.RateLimit => ("rate_limit_error", "rate_limit_exceeded"),
        FailureKind.Overloaded or FailureKind.NoAccount or FailureKind.Unavailable => ("server_error", "server_is_overloaded"),
        FailureKind.AuthAccount => ("server_error", "upstream_auth"),
        FailureKind.Timeout => ("server_error", "timeout"),
        _ => ("server_error", "server_error"),
    };
}
