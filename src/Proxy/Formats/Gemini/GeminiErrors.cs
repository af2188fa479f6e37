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
        var daily = DailyQuotas(details);
        return new Failure(
            KindOf(error, daily, details, message),
            message,
            RetryAfter: daily.Count > 0 ? null : details.Select(RetryDelay).FirstOrDefault(delay => delay is not null)) // A quota of a day comes with a delay of seconds that helps nobody.
        {
            IsWholeAccount = daily.Count > 0 ? !daily.TrueForAll(quota => Says(quota, "PerModel")) : null,
        };
    }

    private static FailureKind KindOf(JsonElement error, List<string> daily, List<JsonElement> details, string message) => error.Text("status") switch
    {
        // A wrong key is the request's fault to Google, and the account's to us.
        "INVALID_ARGUMENT" when details.Exists(detail => detail.Text("reason") == "API_KEY_INVALID") => FailureKind.AuthAccount,
        "INVALID_ARGUMENT" when message.StartsWith("API key ", StringComparison.OrdinalIgnoreCase) => FailureKind.AuthAccount, // Further on, it may be the client's own text.
        "INVALID_ARGUMENT" when message.Contains("input token count", StringComparison.OrdinalIgnoreCase)
            && message.Contains("exceed", StringComparison.OrdinalIgnoreCase) => FailureKind.ContextLength,
        "INVALID_ARGUMENT" or "OUT_OF_RANGE" => FailureKind.InvalidRequest,
        "FAILED_PRECONDITION" when message.Contains("billing", StringComparison.OrdinalIgnoreCase) => FailureKind.QuotaAccount,
        "FAILED_PRECONDITION" or "UNAUTHENTICATED" or "PERMISSION_DENIED" => FailureKind.AuthAccount,
        "NOT_FOUND" => FailureKind.ModelNotFound,
        "RESOURCE_EXHAUSTED" when error.Integer("code") == StatusCodes.Status402PaymentRequired || daily.Count > 0 || IsAboutMoney(message) => FailureKind.QuotaAccount,
        "RESOURCE_EXHAUSTED" => FailureKind.RateLimit,
        "UNAVAILABLE" => FailureKind.Overloaded,
        "DEADLINE_EXCEEDED" => FailureKind.Timeout,
        _ => FailureKind.Server,
    };

    private static bool IsAboutMoney(string message) => Says(message, "monthly spending cap") || Says(message, "prepayment credits are depleted");

    /// <summary>Names of the violated quotas that count a day: <c>GenerateRequestsPerDayPerProjectPerModel-FreeTier</c>.</summary>
    private static List<string> DailyQuotas(List<JsonElement> details)
    {
        var quotas = new List<string>();
        foreach (var detail in details)
        {
            foreach (var violation in detail.Items("violations"))
            {
                Add(violation.Text("quotaId"));
            }

            Add(detail.Get("metadata").Text("quota_limit"));
        }

        return quotas;

        void Add(string? quota)
        {
            if (quota is not null && Says(quota, "PerDay"))
            {
                quotas.Add(quota);
            }
        }
    }

    private static bool Says(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

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
