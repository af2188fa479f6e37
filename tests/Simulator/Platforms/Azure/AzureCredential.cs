namespace Simulator.Platforms.Azure;

/// <summary>Who may call: a key in <c>api-key</c>, or a token that the token endpoint has issued to the same account.</summary>
internal static class AzureCredential
{
    public const string KeyHeader = "api-key";

    private const string TokenStart = "sim-entra.";

    /// <summary>The token that answers the account's n-th request.</summary>
    public static string Token(Exchange exchange) => $"{TokenStart}{exchange.Account.Credential}.{exchange.Request.Number}";

    /// <summary>The key, or the client secret to which the token was issued.</summary>
    public static string? Read(ReceivedRequest request) => request.Header(KeyHeader) ?? Issued(request.Bearer()).Credential;

    public static ScriptedError? Check(Exchange exchange)
    {
        var (key, bearer) = (exchange.Request.Header(KeyHeader), exchange.Request.Bearer());
        if (key is not null && bearer is not null)
        {
            return new ScriptedError(400) { Message = "Simulator: api-key and Authorization must not be sent together.", Code = "leak" };
        }

        if (key is not null)
        {
            return key.StartsWith(CredentialPrefix.Azure, StringComparison.Ordinal) ? null : new ScriptedError(401);
        }

        var (credential, number) = Issued(bearer);
        return credential is not null && exchange.Account.Requests.Any(request => request.Number == number && TokenEndpoint.Owns(request) && request.StatusCode == 200)
            ? null
            : new ScriptedError(401)
            {
                Type = AzureWire.GatewayInFront,
                Message = "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
            };
    }

    private static (string? Credential, int Number) Issued(string? token)
    {
        if (token is null || !token.StartsWith(TokenStart, StringComparison.Ordinal))
        {
            return (null, 0);
        }

        var end = token.LastIndexOf('.');
        return end > TokenStart.Length && int.TryParse(token[(end + 1)..], out var number) ? (token[TokenStart.Length..end], number) : (null, 0);
    }
}
