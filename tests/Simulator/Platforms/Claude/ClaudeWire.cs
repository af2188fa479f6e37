using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.Claude;

/// <summary>Everything compact; events carry their type as name too.</summary>
internal sealed class ClaudeWire : IPlatformWire
{
    private static readonly (string Name, int Limit)[] Buckets =
        [("requests", 4000), ("tokens", 480_000), ("input-tokens", 400_000), ("output-tokens", 80_000)];

    private static readonly (string Name, int Hours)[] Windows = [("5h", 5), ("7d", 168)];

    private readonly string _requestId;

    public ClaudeWire(Exchange exchange)
    {
        _requestId = exchange.Id("req_011C", 20);
        Headers =
        [
            new("request-id", _requestId),
            new("anthropic-organization-id", "5a1e0000-0000-4000-8000-000000000000"),
            .. ClaudeCredential.IsOAuth(exchange.Account.Credential) ? SubscriptionLimits(exchange) : KeyLimits(exchange),
        ];
    }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    public static ServerEvent Event(JsonObject json) => new(json["type"]!.GetValue<string>(), WireJson.Compact(json));

    public ReadOnlyMemory<byte> Body(JsonNode json) => Encoding.UTF8.GetBytes(WireJson.Compact(json));

    public ServerEvent ErrorEvent(ScriptedError error)
    {
        var json = Error(error);
        json.Remove("request_id");
        return Event(json);
    }

    public JsonObject Error(ScriptedError error)
    {
        var (type, message) = Usual(error.Status);
        var inner = new JsonObject { ["type"] = error.Type ?? type, ["message"] = error.Message ?? message };
        if (error.Code is { } code)
        {
            inner["details"] = new JsonObject { ["error_code"] = code };
        }

        return new JsonObject { ["type"] = "error", ["error"] = inner, ["request_id"] = _requestId };
    }

    private static (string Type, string Message) Usual(int status) => status switch
    {
        401 => ("authentication_error", "invalid x-api-key"),
        402 => ("billing_error", "There is a problem with the billing of this account."),
        403 => ("permission_error", "This key may not use the requested resource."),
        404 => ("not_found_error", "Not Found"),
        409 => ("conflict_error", "The resource was changed at the same time."),
        413 => ("request_too_large", "Request exceeds the maximum size"),
        429 => ("rate_limit_error", "This request would exceed the rate limit of the organization."),
        504 => ("timeout_error", "The request took too long."),
        529 => ("overloaded_error", "Overloaded"),
        >= 500 => ("api_error", "Internal server error"),
        _ => ("invalid_request_error", "The request was not valid."),
    };

    private static IEnumerable<KeyValuePair<string, string>> KeyLimits(Exchange exchange)
    {
        var reset = exchange.Request.ReceivedAt.AddSeconds(60).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        foreach (var (bucket, limit) in Buckets)
        {
            yield return new($"anthropic-ratelimit-{bucket}-limit", $"{limit}");
            yield return new($"anthropic-ratelimit-{bucket}-remaining", $"{limit - 1}");
            yield return new($"anthropic-ratelimit-{bucket}-reset", reset);
        }
    }

    /// <summary>What OAuth accounts are sent instead; times are epoch seconds there.</summary>
    private static IEnumerable<KeyValuePair<string, string>> SubscriptionLimits(Exchange exchange)
    {
        yield return new("anthropic-ratelimit-unified-status", "allowed");
        foreach (var (window, hours) in Windows)
        {
            var reset = exchange.Request.ReceivedAt.AddHours(hours).ToUnixTimeSeconds();
            yield return new($"anthropic-ratelimit-unified-{window}-status", "allowed");
            yield return new($"anthropic-ratelimit-unified-{window}-utilization", "0.12");
            yield return new($"anthropic-ratelimit-unified-{window}-reset", $"{reset}");
        }
    }
}
