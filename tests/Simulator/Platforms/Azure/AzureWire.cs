using System.Text.Json.Nodes;
using Simulator.Platforms.OpenAi;

namespace Simulator.Platforms.Azure;

/// <summary>As OpenAI's, but for the headers, the errors and what the content filter adds.</summary>
internal sealed class AzureWire(Exchange exchange) : OpenAiWire(exchange)
{
    /// <summary>The type of an error that API management says, before the service is asked.</summary>
    public const string GatewayInFront = "api_management";

    private const string ContentFilter = "content_filter";

    private readonly Exchange _exchange = exchange;

    public override bool FiltersContent => true;

    // Azure reports rates that it does not know as -1 or 0.
    public override IReadOnlyList<KeyValuePair<string, string>> Headers =>
    [
        new("apim-request-id", _exchange.Id("", 32)),
        new("x-request-id", _exchange.Id("", 32, 1)),
        new("x-ms-region", "Simulated"),
        new("azureml-model-session", "simulated"),
        new("x-ratelimit-remaining-requests", "-1"),
        new("x-ratelimit-remaining-tokens", "0"),
        new("x-ratelimit-reset-tokens", "0"),
    ];

    public override JsonObject Error(ScriptedError error)
    {
        if (error.Type == GatewayInFront)
        {
            return new JsonObject { ["statusCode"] = error.Status, ["message"] = error.Message };
        }

        var (code, message) = Usual(error.Status);
        var body = new JsonObject
        {
            ["code"] = error.Code ?? code,
            ["message"] = error.Message ?? message,
        };
        if (error.Type is not null || error.Param is not null)
        {
            body["type"] = error.Type;
            body["param"] = error.Param;
        }

        if (error.Code == ContentFilter)
        {
            body["status"] = error.Status;
            body["innererror"] = new JsonObject { ["code"] = "ResponsibleAIPolicyViolation", ["content_filter_result"] = FilterResults.Of(filtered: "violence") };
        }

        return new JsonObject { ["error"] = body };
    }

    private static (string Code, string Message) Usual(int status) => status switch
    {
        401 => ("401", "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription."),
        403 => ("PermissionDenied", "The principal lacks the required data action to perform this operation."),
        404 => ("DeploymentNotFound", "The API deployment for this resource does not exist."),
        429 => ("RateLimitReached", "Your requests have exceeded the token rate limit of your current pricing tier."),
        408 => ("Timeout", "The operation was timeout."),
        503 => ("ServiceUnavailable", "The service is temporarily unable to process your request. Please try again later."),
        >= 500 => ("InternalServerError", "Backend returned unexpected response."),
        _ => ("BadRequest", "The request was not valid."),
    };
}
