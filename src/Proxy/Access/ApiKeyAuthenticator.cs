using Gateway.Infrastructure.Auth.ApiKeys;

namespace Gateway.Proxy.Access;

/// <summary>Decides whether a request may use the proxy. From memory: no database, no Redis.</summary>
internal sealed class ApiKeyAuthenticator(ApiKeyDirectory keys, RejectedRequests rejected, TimeProvider clock)
{
    private const string SendKey = "Send your API key as 'Authorization: Bearer sk-…' or 'x-api-key: sk-…'.";

    /// <returns>The key, or the error to answer with. Requests that are refused here are counted, not logged one by one.</returns>
    public (ApiKeyIdentity? Key, GatewayError? Error) Authenticate(HttpContext http, bool acceptsQuery)
    {
        if (!PresentedKeys.TryFind(http.Request, acceptsQuery, out var presented))
        {
            return Reject(GatewayError.BadRequest("Two different API keys were sent. Send one."));
        }

        // The same words for missing, malformed and unknown: they tell nobody which keys exist.
        if (presented is null || keys.Find(presented) is not { } key)
        {
            return Reject(GatewayError.Unauthorized($"The API key is missing or not valid. {SendKey}"));
        }

        if (!key.Enabled)
        {
            return Reject(GatewayError.Unauthorized("This API key is disabled. Ask whoever gave it to you."));
        }

        if (key.ExpiresAtUtc is { } end && clock.GetUtcNow().UtcDateTime >= end)
        {
            return Reject(GatewayError.Unauthorized("This API key has expired. Ask whoever gave it to you for a new one."));
        }

        return key.AllowsAddress(http.Connection.RemoteIpAddress)
            ? (key, null)
            : Reject(GatewayError.Forbidden("This API key may not be used from your network address."));
    }

    private (ApiKeyIdentity? Key, GatewayError? Error) Reject(GatewayError error)
    {
        rejected.Count(error.Status);
        return (null, error);
    }
}
