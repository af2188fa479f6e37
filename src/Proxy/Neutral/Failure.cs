namespace Gateway.Proxy.Neutral;

/// <summary>A failure on the way to a client, before it has a wire form.</summary>
/// <param name="Message">For the client: no account names, no secrets.</param>
/// <param name="Field">The request's member at fault; null when none is.</param>
/// <param name="RetryAfter">When to come back; null when that is not known.</param>
/// <param name="Evidence">For the operator: what the platform said, without secrets; null when that is the message.</param>
internal sealed record Failure(FailureKind Kind, string Message, string? Field = null, TimeSpan? RetryAfter = null, string? Evidence = null)
{
    /// <summary>OpenAI's <c>code</c> where clients go by a finer one than the kind's own.</summary>
    public string? Code { get; init; }

    /// <summary>What the platform says of trying again (<c>x-should-retry</c>); null: nothing.</summary>
    public string? ShouldRetry { get; init; }

    /// <summary>The adapter has learnt from it how to send the request so that it is taken: one more try at the same account is worth it.</summary>
    public bool IsRepairable { get; init; }

    /// <summary>The platform does not accept a signature of reasoning that the client sent back: without it the request may go once more.</summary>
    public bool IsSignatureRefused { get; init; }

    /// <summary>Whether <see cref="RetryAfter"/> is the end of a window that the platform proves to be used up (5-hour, 7-day, day, month, spend limit), and not a burst: it is believed uncapped.</summary>
    public bool IsLongLimit { get; init; }

    /// <summary>Whether the whole account is concerned, and not only the model that was asked; null: as the kind has it.</summary>
    public bool? IsWholeAccount { get; init; }

    /// <summary>The gateway ended an answer that was going well: the client has got a part of it, and is billed for that.</summary>
    public bool IsCutByGateway { get; init; }

    /// <summary>The account is not to blame, or what keeps requests away is a mark in its row, or nothing yet: a pause would outlive new credentials.</summary>
    public bool LeavesNoPause { get; init; }

    /// <summary>The model broke a call of a tool and said nothing else: another attempt may succeed.</summary>
    public static readonly Failure Unusable = new(FailureKind.Server, "The model wrote something that could not be read as an answer.");

    public static Failure Invalid(string field, string message) => new(FailureKind.InvalidRequest, message, field);

    public static Failure UnknownModel(string model) => new(
        FailureKind.ModelNotFound, $"The model '{model}' does not exist or this API key may not use it. GET /v1/models lists what it can use.", "model");

    public static Failure Of(GatewayError error) => new(
        error.Status switch
        {
            StatusCodes.Status401Unauthorized => FailureKind.AuthClient,
            StatusCodes.Status403Forbidden => FailureKind.ForbiddenClient,
            StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => FailureKind.NotFound,
            StatusCodes.Status413PayloadTooLarge => FailureKind.TooLarge,
            StatusCodes.Status415UnsupportedMediaType => FailureKind.UnsupportedMedia,
            StatusCodes.Status429TooManyRequests => FailureKind.LimitClient,
            StatusCodes.Status503ServiceUnavailable => FailureKind.Unavailable,
            >= 500 => FailureKind.Server,
            _ => FailureKind.InvalidRequest,
        },
        error.Message,
        RetryAfter: error.RetryAfter);
}
