using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Json;
using Gateway.Infrastructure.Persistence;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using StackExchange.Redis;

namespace Gateway.Infrastructure.Errors;

/// <summary>Where every unexpected exception ends: logged once, and answered without a detail that helps an attacker.</summary>
internal sealed partial class GatewayExceptionHandler(ILogger<GatewayExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var error = Translate(exception);
        if (error.Status >= 500)
        {
            Log.Unhandled(logger, exception, httpContext.Request.Method, httpContext.Request.Path.Value ?? "", httpContext.TraceIdentifier);
        }
        else
        {
            Log.Refused(logger, exception.Message, httpContext.TraceIdentifier);
        }

        httpContext.Response.Headers[RequestIds.Header] = httpContext.TraceIdentifier; // The middleware has cleared all headers.
        await httpContext.WriteErrorAsync(error);
        return true;
    }

    private static GatewayError Translate(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(
            StatusCodes.Status413PayloadTooLarge, "payload_too_large", "The request body is too large."),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => new(
            StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send JSON with 'Content-Type: application/json'."),
        BadHttpRequestException { InnerException: JsonException json } => FromJson(json),
        BadHttpRequestException bad when UnboundParameter().Match(bad.Message) is { Success: true } match => GatewayError.Invalid(
            JsonNames.Path(match.Groups["name"].Value), "The value has the wrong type or form."),
        BadHttpRequestException bad when bad.Message.Contains("no body was provided", StringComparison.Ordinal) => GatewayError.BadRequest(
            "Send a JSON object as the body."),
        BadHttpRequestException bad => new(bad.StatusCode, "invalid_request", bad.Message),
        DbUpdateException { InnerException: { } inner } when UniqueViolation.Is(inner) => GatewayError.Conflict(
            "Another request created or changed the same thing at the same time. Read it again and retry."),
        DbUpdateConcurrencyException => GatewayError.Conflict("It was changed meanwhile. Read it again and retry.", "stale"),
        _ when exception is RedisException or RedisTimeoutException || DatabaseFailure.Of(exception) is not null => GatewayError.Unavailable(
            "The gateway's storage does not answer. Try again shortly.", TimeSpan.FromSeconds(5)),
        _ => new(StatusCodes.Status500InternalServerError, "internal_error", "Something went wrong inside the gateway. The log has it under this x-request-id."),
    };

    private static GatewayError FromJson(JsonException json)
    {
        // The reader's own text names .NET types, which say nothing to a caller.
        if (JsonNames.Path(json) is not { } field)
        {
            return GatewayError.BadRequest($"The body is not valid JSON of the expected shape{Position(json)}.");
        }

        var message = json.Message.Contains("could not be mapped", StringComparison.Ordinal)
            ? "There is no such field, or it cannot be written."
            : json.Message.Contains("duplicate", StringComparison.OrdinalIgnoreCase)
                ? "This field is given twice."
                : json.Message.Contains("missing required", StringComparison.Ordinal)
                    ? $"Required and missing: {json.Message[(json.Message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]}"
                    : "The value has the wrong type or form.";
        return GatewayError.Invalid(field, message);
    }

    // The framework says it in words only: Failed to bind parameter "Nullable<int> PageSize" from "x".
    [GeneratedRegex("^Failed to bind parameter \"[^\"]* (?<name>\\w+)\" from ")]
    private static partial Regex UnboundParameter();

    private static string Position(JsonException json) =>
        json.LineNumber is { } line ? $" (line {line + 1}, byte {json.BytePositionInLine + 1})" : "";

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Method} {Path} failed, request {RequestId}")]
        public static partial void Unhandled(ILogger logger, Exception exception, string method, string path, string requestId);

        [LoggerMessage(LogLevel.Debug, "Request {RequestId} refused: {Reason}")]
        public static partial void Refused(ILogger logger, string reason, string requestId);
    }
}
