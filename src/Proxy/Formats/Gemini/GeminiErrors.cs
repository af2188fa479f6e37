using System.Globalization;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>Google's error object (<c>google.rpc.Status</c>) into a neutral failure.</summary>
/// <remarks>Source: Gemini API troubleshooting guide and google/rpc/error_details.proto, read 2026-11.</remarks>
internal static class GeminiErrors
{
    /// <param name="reader">At the value of <c>error</c>.</param>
    public static Failure Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new Failure(FailureKind.Server, reader.GetString()!);
        }

        var error = JsonElement.ParseValue(ref reader);
        var message = error.Text("message") is { Length: > 0 } said ? said : "The upstream failed without a message.";
        var details = error.Items("details").ToList();
        return new Failure(KindOf(error, details, message), message, RetryAfter: details.Select(RetryDelay).FirstOrDefault(delay => delay is not null));
    }

    private static FailureKind KindOf(JsonElement error, List<JsonElement> details, string message) => error.Text("status") switch
    {
        // A wrong key is the request's fault to Google, and the account's to us.
        "INVALID_ARGUMENT" when details.Exists(detail => detail.Text("reason") == "API_KEY_INVALID") => FailureKind.AuthAccount,
        "INVALID_ARGUMENT" when message.Contains("API key not valid", StringComparison.OrdinalIgnoreCase) => FailureKind.AuthAccount,
        "INVALID_ARGUMENT" when message.Contains("input token count", StringComparison.OrdinalIgnoreCase)
            && message.Contains("exceed", StringComparison.OrdinalIgnoreCase) => FailureKind.ContextLength,
        "INVALID_ARGUMENT" or "OUT_OF_RANGE" => FailureKind.InvalidRequest,
        "FAILED_PRECONDITION" when message.Contains("billing", StringComparison.OrdinalIgnoreCase) => FailureKind.QuotaAccount,
        "FAILED_PRECONDITION" or "UNAUTHENTICATED" or "PERMISSION_DENIED" => FailureKind.AuthAccount,
        "NOT_FOUND" => FailureKind.ModelNotFound,
        "RESOURCE_EXHAUSTED" when error.Integer("code") == StatusCodes.Status402PaymentRequired || IsPerDay(details) => FailureKind.QuotaAccount,
        "RESOURCE_EXHAUSTED" => FailureKind.RateLimit,
        "UNAVAILABLE" => FailureKind.Overloaded,
        "DEADLINE_EXCEEDED" => FailureKind.Timeout,
        _ => FailureKind.Server,
    };

    private static bool IsPerDay(List<JsonElement> details) => details.Exists(detail =>
        detail.Items("violations").Any(violation => violation.Text("quotaId")?.Contains("PerDay", StringComparison.OrdinalIgnoreCase) == true));

    /// <summary><c>"17s"</c>, <c>"1.5s"</c>, or an object of seconds and nanos.</summary>
    private static TimeSpan? RetryDelay(JsonElement detail)
    {
        double? seconds = null;
        if (detail.Text("retryDelay") is { } text)
        {
            seconds = text.EndsWith('s') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        }
        else if (detail.Object("retryDelay") is { } delay)
        {
            // 64-bit integers are strings in proto JSON.
            seconds = (delay.Number("seconds") ?? (long.TryParse(delay.Text("seconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole : 0))
                + ((delay.Number("nanos") ?? 0) / 1e9);
        }

        return seconds is > 0 and < 1e8 ? TimeSpan.FromSeconds(seconds.Value) : null;
    }
}
