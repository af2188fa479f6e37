using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Json;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Features.RequestLogs.ListRequestLogs;

/// <summary>What happened to one request of a valid key, whether or not it reached an upstream.</summary>
public sealed record RequestLogView
{
    /// <summary>The id of the request, as in the reply's <c>x-request-id</c>.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>When the request came, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>The API key it was made with.</summary>
    public required long ApiKeyId { get; init; }

    /// <summary>The user of the key.</summary>
    public required long UserId { get; init; }

    /// <summary>The account that was tried last; null: none was. Absent unless the caller is an administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<long?> AccountId { get; init; }

    /// <summary>That account's platform; null: none was tried.</summary>
    public required string? Platform { get; init; }

    /// <summary>The model as it was requested, without a platform in front; null: none was named.</summary>
    public required string? Model { get; init; }

    /// <summary>The model or deployment that was asked upstream; null: none was. Absent unless the caller is an administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<string?> UpstreamModel { get; init; }

    /// <summary>The format that the client speaks.</summary>
    public required string ClientFormat { get; init; }

    /// <summary>The endpoint that was called.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Whether a stream was asked for.</summary>
    public required bool Stream { get; init; }

    /// <summary>The status that the client got; 499: it left before.</summary>
    public required int HttpStatus { get; init; }

    /// <summary>How the request failed, such as <c>rate_limit</c>; null: it did not.</summary>
    public required string? ErrorKind { get; init; }

    /// <summary>What was said about the failure; null: nothing.</summary>
    public required string? ErrorMessage { get; init; }

    /// <summary>How many accounts were tried. Absent unless the caller is an administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<int> Attempts { get; init; }

    /// <summary>What was tried and why, attempt by attempt; null: nothing was. Absent unless the caller is an administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<JsonElement?> Trace { get; init; }

    /// <summary>How long the request took, in milliseconds.</summary>
    public required long DurationMs { get; init; }

    /// <summary>When the first content was sent, in milliseconds after the request came; null: none was.</summary>
    public required long? FirstTokenMs { get; init; }

    /// <summary>Where the request came from.</summary>
    public required string ClientIp { get; init; }

    /// <summary>What the client calls itself; null: nothing.</summary>
    public required string? UserAgent { get; init; }

    /// <param name="isAdmin">Whether to show what only administrators may see.</param>
    internal static RequestLogView Of(RequestLog log, bool isAdmin)
    {
        var view = new RequestLogView
        {
            RequestId = RequestKey.ToGuid(log.RequestId),
            CreatedAt = log.CreatedAtUtc,
            ApiKeyId = log.ApiKeyId,
            UserId = log.UserId,
            Platform = log.Platform?.Name(),
            Model = log.Model,
            ClientFormat = log.ClientFormat,
            Endpoint = log.Endpoint,
            Stream = log.Stream,
            HttpStatus = log.HttpStatus,
            ErrorKind = log.ErrorKind,
            ErrorMessage = log.ErrorMessage,
            DurationMs = log.DurationMs,
            FirstTokenMs = log.FirstTokenMs,
            ClientIp = log.ClientIp,
            UserAgent = log.UserAgent,
        };
        return isAdmin
            ? view with
            {
                AccountId = log.AccountId,
                UpstreamModel = log.UpstreamModel,
                Attempts = log.Attempts,
                Trace = log.Trace is { } trace ? JsonElement.Parse(trace) : null,
            }
            : view;
    }
}
