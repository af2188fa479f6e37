using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAi;

/// <summary>OpenAI's error object into a neutral failure.</summary>
internal static class OpenAiErrors
{
    /// <param name="reader">At the value of <c>error</c>, an object or (at some compatible servers) a string.</param>
    public static Failure Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new Failure(FailureKind.Server, reader.GetString()!);
        }

        string? message = null, type = null, code = null;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isMessage = reader.ValueTextEquals("message"u8);
                var isType = reader.ValueTextEquals("type"u8);
                var isCode = reader.ValueTextEquals("code"u8);
                reader.Read();

                // A code may be a string, a number or null (compatible servers).
                var text = reader.TokenType is JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
                message = isMessage ? text : message;
                type = isType ? text : type;
                code = isCode ? text : code;
            }
        }

        return new Failure(KindOf(type, code), message ?? "The upstream failed without a message.") { IsSignatureRefused = code == "invalid_encrypted_content" };
    }

    private static FailureKind KindOf(string? type, string? code) => (type, code) switch
    {
        (_, "context_length_exceeded") => FailureKind.ContextLength,
        (_, "content_filter") => FailureKind.ContentFilter,
        (_, "image_content_policy_violation") => FailureKind.ContentFilter,
        ("insufficient_quota" or "billing_not_active" or "billing_hard_limit_reached", _) => FailureKind.QuotaAccount,
        (_, "insufficient_quota" or "usage_not_included" or "billing_not_active" or "billing_hard_limit_reached" or "credit_balance_exhausted"
            or "organization_spend_limit_exceeded" or "project_spend_limit_exceeded" or "organization_usage_limit_exceeded") => FailureKind.QuotaAccount,
        ("access_terminated", _) or (_, "access_terminated" or "account_deactivated" or "organization_deactivated" or "invalid_api_key") => FailureKind.AuthAccount,

        // Not served from where the gateway calls: another account may have another way out.
        (_, "unsupported_country_region_territory") => FailureKind.ModelNotFound,
        (_, "server_is_overloaded" or "slow_down") => FailureKind.Overloaded,
        (_, "rate_limit_exceeded") or ("tokens" or "requests" or "rate_limit_error", _) => FailureKind.RateLimit,
        ("invalid_request_error", _) or (_, "invalid_prompt") => FailureKind.InvalidRequest,
        (_, { } about) when about.Contains("image", StringComparison.Ordinal) => FailureKind.InvalidRequest, // invalid_image_url, image_too_large, …
        _ => FailureKind.Server,
    };
}
