using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Simulator.Http;

namespace Simulator.Platforms.Azure;

/// <summary>Microsoft Entra ID: tokens for client credentials. The client secret is the simulator's credential.</summary>
/// <remarks>Source: Microsoft identity platform, OAuth 2.0 client credentials flow, read 2026-11.</remarks>
internal static partial class TokenEndpoint
{
    private const int LifetimeSeconds = 3599;

    public static bool Owns(ReceivedRequest request) => Path().IsMatch(request.Path);

    public static string? Credential(ReceivedRequest request) => Form(request).GetValueOrDefault("client_secret");

    public static WireAnswer Answer(Exchange exchange)
    {
        var wire = new TokenWire();
        var form = Form(exchange.Request);
        if (Check(exchange.Request, form) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: false) ?? new ScriptedAnswer();
        return Reply.Script(wire, script, () => new JsonObject
        {
            ["token_type"] = "Bearer",

            // A script shortens the life of the token by the output that it names.
            ["expires_in"] = script.Usage?.OutputTokens ?? LifetimeSeconds,
            ["ext_expires_in"] = script.Usage?.OutputTokens ?? LifetimeSeconds,
            ["access_token"] = AzureCredential.Token(exchange),
        });
    }

    private static ScriptedError? Check(ReceivedRequest request, Dictionary<string, string> form)
    {
        if (request.Method != "POST" || request.Header("content-type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return new ScriptedError(400) { Code = "invalid_request", Message = "AADSTS900144: The request body must contain the following parameter: 'grant_type'." };
        }

        if (form.GetValueOrDefault("grant_type") != "client_credentials")
        {
            return new ScriptedError(400) { Code = "unsupported_grant_type", Message = "AADSTS70003: The app requested an unsupported grant type." };
        }

        if (form.GetValueOrDefault("scope")?.Split(' ').Contains("https://cognitiveservices.azure.com/.default") != true)
        {
            return new ScriptedError(400) { Code = "invalid_scope", Message = "AADSTS70011: The provided value for the input parameter 'scope' is not valid." };
        }

        return form.GetValueOrDefault("client_id") is { Length: > 0 } && form.GetValueOrDefault("client_secret")?.StartsWith(CredentialPrefix.Azure, StringComparison.Ordinal) == true
            ? null
            : new ScriptedError(401) { Code = "invalid_client", Message = "AADSTS7000215: Invalid client secret provided." };
    }

    private static Dictionary<string, string> Form(ReceivedRequest request) =>
        QueryHelpers.ParseQuery(request.Text).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);

    [GeneratedRegex("^/[^/]+/oauth2/v2\\.0/token$")]
    private static partial Regex Path();

    private sealed class TokenWire : IPlatformWire
    {
        public IReadOnlyList<KeyValuePair<string, string>> Headers => [new("cache-control", "no-store, no-cache")];

        public ReadOnlyMemory<byte> Body(JsonNode json) => Encoding.UTF8.GetBytes(WireJson.Compact(json));

        public JsonObject Error(ScriptedError error) => new()
        {
            ["error"] = error.Code ?? (error.Status >= 500 ? "temporarily_unavailable" : "invalid_request"),
            ["error_description"] = error.Message ?? "AADSTS90033: A transient error has occurred.",
            ["error_codes"] = new JsonArray(90033),
        };

        public ServerEvent ErrorEvent(ScriptedError error) => new(null, WireJson.Compact(Error(error)));
    }
}
