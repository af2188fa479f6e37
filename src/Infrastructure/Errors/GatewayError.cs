namespace Gateway.Infrastructure.Errors;

/// <summary>An expected failure: a value, not an exception.</summary>
/// <param name="Status">HTTP status of the reply.</param>
/// <param name="Id">Stable snake_case name that programs may compare.</param>
/// <param name="Message">What was wrong and what would mend it, for a person.</param>
/// <param name="Fields">Messages by JSON field, when fields are at fault.</param>
/// <param name="RetryAfter">When to come back, for 429 and 503.</param>
internal sealed record GatewayError(
    int Status,
    string Id,
    string Message,
    IReadOnlyDictionary<string, string[]>? Fields = null,
    TimeSpan? RetryAfter = null)
{
    public static GatewayError BadRequest(string message) => new(StatusCodes.Status400BadRequest, "invalid_request", message);

    public static GatewayError Invalid(IReadOnlyDictionary<string, string[]> fields) =>
        new(StatusCodes.Status400BadRequest, "validation_failed", "Some fields are invalid: see 'errors'.", fields);

    public static GatewayError Invalid(string field, string message) =>
        Invalid(new Dictionary<string, string[]> { [field] = [message] });

    public static GatewayError Unauthorized(string message) => new(StatusCodes.Status401Unauthorized, "unauthorized", message);

    public static GatewayError Forbidden(string message, IReadOnlyDictionary<string, string[]>? fields = null) =>
        new(StatusCodes.Status403Forbidden, "forbidden", message, fields);

    public static GatewayError NotFound(string message) => new(StatusCodes.Status404NotFound, "not_found", message);

    public static GatewayError Conflict(string message, string id = "conflict") => new(StatusCodes.Status409Conflict, id, message);

    public static GatewayError TooManyRequests(string message, TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, "rate_limited", message, RetryAfter: retryAfter);

    public static GatewayError Unavailable(string message, TimeSpan retryAfter) =>
        new(StatusCodes.Status503ServiceUnavailable, "unavailable", message, RetryAfter: retryAfter);
}
