using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.BedrockConverse;

/// <summary>Bedrock's exceptions into neutral failures: those of replies and those inside streams have the same names and shape.</summary>
/// <remarks>Source: Amazon Bedrock API reference, common errors and errors of Converse and InvokeModel, read 2026-11.</remarks>
internal static class BedrockErrors
{
    public const string Silent = "The upstream refused the request without a readable reason.";

    private const string PerDay = "per day";

    /// <param name="type">Name of the exception in any of its spellings; null or empty: the body may have it.</param>
    /// <param name="body">A JSON object with a message; anything else has none.</param>
    /// <param name="status">Decides when the name is unknown; 0: there is none.</param>
    public static Failure Read(string? type, ReadOnlySpan<byte> body, int status)
    {
        string? message = null;
        try
        {
            var json = JsonElement.Parse(body);
            message = json.Text("message") ?? json.Text("Message");
            type = string.IsNullOrEmpty(type) ? json.Text("__type") : type;
        }
        catch (Exception exception) when (AnswerReader.IsOddJson(exception))
        {
            // A proxy's page, or a body that was cut: name and status say enough.
        }

        return Of(type, message ?? Silent, status);
    }

    public static Failure Of(string? type, string message, int status)
    {
        var kind = KindOf(Name(type), message, status);

        // Tokens are counted for each model, and access is given to each: what the account has been given still works (AC-11).
        var isOfModel = (kind == FailureKind.QuotaAccount && Says(message, PerDay))
            || (kind == FailureKind.AuthAccount && (Says(message, "access to the model") || Starts(message, "Model access is denied")));
        return new Failure(kind, message) { IsWholeAccount = isOfModel ? false : null };
    }

    /// <summary><c>com.amazon#ValidationException:http://…</c>, <c>ValidationException</c> and <c>validationException</c> are one.</summary>
    private static string Name(string? type)
    {
        var name = type ?? "";
        name = name[(name.LastIndexOf('#') + 1)..].Split(':')[0].Trim().ToLowerInvariant();
        return name.EndsWith("exception", StringComparison.Ordinal) ? name[..^"exception".Length] : name;
    }

    private static FailureKind KindOf(string name, string message, int status) => name switch
    {
        "validation" when Says(message, "input is too long") || Says(message, "prompt is too long") || Says(message, "exceeds the maximum number of tokens") => FailureKind.ContextLength,

        // The account's region or profile does not have the model: another account may.
        "validation" when Says(message, "model identifier is invalid") || Says(message, "on-demand throughput") => FailureKind.ModelNotFound,

        // A model or a region that the account has not been given; what it has been given still works (AC-11).
        "validation" when Starts(message, "Operation not allowed") || Starts(message, "Your account is not authorized to invoke") => FailureKind.ModelNotFound,
        "validation" => FailureKind.InvalidRequest,
        "accessdenied" or "unrecognizedclient" or "expiredtoken" or "invalidsignature" or "incompletesignature" or "missingauthenticationtoken"
            or "invalidclienttokenid" or "signaturedoesnotmatch" => FailureKind.AuthAccount,
        "resourcenotfound" => FailureKind.ModelNotFound,
        "modeltimeout" => FailureKind.Timeout,
        "modelerror" or "modelstreamerror" or "internalserver" => FailureKind.Server,
        "throttling" => Says(message, PerDay) ? FailureKind.QuotaAccount : FailureKind.RateLimit,
        "modelnotready" or "serviceunavailable" => FailureKind.Overloaded,
        "servicequotaexceeded" => FailureKind.QuotaAccount,
        _ => FailureKinds.OfStatus(status, message),
    };

    private static bool Starts(string message, string words) => message.StartsWith(words, StringComparison.OrdinalIgnoreCase);

    private static bool Says(string message, string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
