using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>Claude's error object into a neutral failure.</summary>
internal static class ClaudeErrors
{
    /// <summary>The month's spending of the organization's tier is used up. It comes as a limit of rate, without a time.</summary>
    private const string SpendLimit = "enforced_spend_limit_reached";

    /// <param name="reader">At the value of <c>error</c>.</param>
    public static Failure Read(ref Utf8JsonReader reader) => Read(ref reader, out _);

    /// <param name="reader">At the value of <c>error</c>.</param>
    /// <param name="isSpendLimit">Whether the account may spend no more in this month.</param>
    public static Failure Read(ref Utf8JsonReader reader, out bool isSpendLimit)
    {
        string? message = null, type = null;
        isSpendLimit = false;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isMessage = reader.ValueTextEquals("message"u8);
                var isType = reader.ValueTextEquals("type"u8);
                var isDetails = reader.ValueTextEquals("details"u8);
                reader.Read();
                if (isDetails && reader.TokenType == JsonTokenType.StartObject)
                {
                    isSpendLimit = JsonElement.ParseValue(ref reader).Text("error_code") == SpendLimit;
                    continue;
                }

                var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
                message = isMessage ? text : message;
                type = isType ? text : type;
            }
        }

        return new Failure(isSpendLimit ? FailureKind.QuotaAccount : KindOf(type), message ?? "The upstream failed without a message.");
    }

    private static FailureKind KindOf(string? type) => type switch
    {
        "overloaded_error" => FailureKind.Overloaded,
        "rate_limit_error" => FailureKind.RateLimit,
        "timeout_error" => FailureKind.Timeout,
        "invalid_request_error" => FailureKind.InvalidRequest,
        "request_too_large" => FailureKind.TooLarge,
        "authentication_error" or "permission_error" => FailureKind.AuthAccount,
        "billing_error" => FailureKind.QuotaAccount,
        "not_found_error" => FailureKind.ModelNotFound,
        _ => FailureKind.Server,
    };
}
