using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Simulator.Http;

namespace Simulator.Platforms.Claude;

/// <summary>Log-in with a code and PKCE, and the token endpoint with refresh tokens that are good once.</summary>
/// <remarks>Source: RFC 6749 (4.1, 5, 6) and RFC 7636, both read 2026-11.</remarks>
internal static class OAuthEndpoints
{
    public const string TokenPath = "/v1/oauth/token";
    private const string AuthorizePath = "/oauth/authorize";
    private const int LifetimeSeconds = 28_800;

    public static bool Owns(ReceivedRequest request) => request.Path is TokenPath or AuthorizePath;

    public static string? Credential(ReceivedRequest request)
    {
        var fields = request.Path == AuthorizePath ? Query(request.Query) : Fields(request);
        return SimulatedTokens.CredentialOfRefresh(fields.GetValueOrDefault("refresh_token"))
            ?? SimulatedTokens.CredentialOfCode(fields.GetValueOrDefault("code"))
            ?? SimulatedTokens.CredentialOfClient(fields.GetValueOrDefault("client_id"));
    }

    public static WireAnswer Answer(Exchange exchange) => exchange.Request.Path == AuthorizePath ? Authorize(exchange) : Issue(exchange);

    /// <summary>The user's browser comes here, and is sent back with a code.</summary>
    private static WireAnswer Authorize(Exchange exchange)
    {
        var asked = Query(exchange.Request.Query);
        var redirect = asked.GetValueOrDefault("redirect_uri") ?? "";
        if (exchange.Request.Method != "GET" || asked.GetValueOrDefault("response_type") != "code" || asked.GetValueOrDefault("client_id") != exchange.Account.Tokens.ClientId
            || asked.GetValueOrDefault("code_challenge_method") != "S256" || asked.GetValueOrDefault("code_challenge") is not { Length: 43 } challenge || redirect.Length == 0)
        {
            return Reply.Refuse(new TokenWire(), exchange, Invalid("invalid_request"));
        }

        var code = exchange.Account.Tokens.Agree(redirect, challenge);
        var location = QueryHelpers.AddQueryString(redirect, new Dictionary<string, string?> { ["code"] = code, ["state"] = asked.GetValueOrDefault("state") });
        return new WireAnswer(302, [new("location", location)], []) { BodyBytes = 0 };
    }

    private static WireAnswer Issue(Exchange exchange)
    {
        var wire = new TokenWire();
        var fields = Fields(exchange.Request);
        if ((LeakRules.Check(exchange.Request) ?? Check(exchange, fields)) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: false) ?? new ScriptedAnswer();
        if (script.Failure is not null || script.Raw is not null)
        {
            return Reply.Script(wire, script, () => new JsonObject());
        }

        // From here on the old refresh token is worth nothing, whether or not the answer arrives.
        var tokens = exchange.Account.Tokens;
        var number = fields.TryGetValue("code", out var code)
            ? tokens.Redeem(code, fields.GetValueOrDefault("redirect_uri"), fields.GetValueOrDefault("code_verifier"))
            : tokens.Renew(fields["refresh_token"]);
        return number is not { } issued
            ? Reply.Refuse(wire, exchange, Invalid("invalid_grant"))
            : Reply.Script(wire, script, () => new JsonObject
            {
                ["token_type"] = "Bearer",
                ["access_token"] = tokens.Access(issued),
                ["refresh_token"] = tokens.Refresh(issued),

                // A script shortens the life of the token by the output that it names.
                ["expires_in"] = script.Usage?.OutputTokens ?? LifetimeSeconds,
                ["scope"] = "user:inference",
            });
    }

    private static ScriptedError? Check(Exchange exchange, Dictionary<string, string> fields)
    {
        if (exchange.Request.Method != "POST")
        {
            return Invalid("invalid_request");
        }

        return fields.GetValueOrDefault("grant_type") switch
        {
            "refresh_token" when !fields.ContainsKey("refresh_token") => Invalid("invalid_request"),
            "refresh_token" => exchange.Account.Tokens.TakesRefresh(fields["refresh_token"]) ? null : Invalid("invalid_grant"),
            "authorization_code" when !fields.ContainsKey("code") => Invalid("invalid_request"),
            "authorization_code" => fields.GetValueOrDefault("client_id") == exchange.Account.Tokens.ClientId ? null : Invalid("invalid_client"),
            _ => Invalid("unsupported_grant_type"),
        };
    }

    private static ScriptedError Invalid(string code) => new(code == "invalid_client" ? 401 : 400) { Code = code };

    /// <summary>Form-encoded, as the standard has it, or JSON, as the vendor's own clients send it. Anything else has no fields.</summary>
    private static Dictionary<string, string> Fields(ReceivedRequest request) =>
        RequestJson.IsJsonContent(request)
            ? RequestJson.TryParse(request, out _) is { ValueKind: System.Text.Json.JsonValueKind.Object } json
                ? json.EnumerateObject().Where(member => json.Text(member.Name) is not null).ToDictionary(member => member.Name, member => json.Text(member.Name)!, StringComparer.Ordinal)
                : []
            : request.Header("content-type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true ? Query(request.Text) : [];

    private static Dictionary<string, string> Query(string text) =>
        QueryHelpers.ParseQuery(text).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);

    private sealed class TokenWire : IPlatformWire
    {
        public IReadOnlyList<KeyValuePair<string, string>> Headers => [new("cache-control", "no-store")];

        public ReadOnlyMemory<byte> Body(JsonNode json) => Encoding.UTF8.GetBytes(WireJson.Compact(json));

        public JsonObject Error(ScriptedError error) => new()
        {
            ["error"] = error.Code ?? (error.Status >= 500 ? "temporarily_unavailable" : "invalid_request"),
            ["error_description"] = error.Message ?? "Simulator: no token.",
        };

        public ServerEvent ErrorEvent(ScriptedError error) => new(null, WireJson.Compact(Error(error)));
    }
}
