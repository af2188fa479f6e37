namespace Simulator.Platforms.Claude;

/// <summary>Who may call: an API key in <c>x-api-key</c>, or an OAuth token as bearer with its beta; never both.</summary>
internal static class ClaudeCredential
{
    private const string OAuthBeta = "oauth-2025-04-20";

    private static readonly string[] Versions = ["2023-01-01", "2023-06-01", NewestVersion];

    /// <summary>From this version on, SDKs send API keys as bearer tokens too.</summary>
    private const string NewestVersion = "2026-10-21";

    public static bool IsOAuth(string credential) => credential.StartsWith(CredentialPrefix.ClaudeOAuth, StringComparison.Ordinal);

    public static string? Read(ReceivedRequest request) => request.Header("x-api-key") ?? (request.Bearer() is { } bearer ? IsOAuth(bearer) ? SimulatedTokens.CredentialOf(bearer) : bearer : null);

    public static ScriptedError? Check(Exchange exchange)
    {
        var request = exchange.Request;
        var (key, bearer) = (request.Header("x-api-key"), request.Bearer());
        if (key is not null && request.Header("authorization") is not null)
        {
            return ClaudeErrors.Unauthorized("x-api-key and Authorization must not be sent together");
        }

        if (key is null && bearer is null)
        {
            return ClaudeErrors.Unauthorized("x-api-key header is required");
        }

        if (request.Header("anthropic-version") is not { } version)
        {
            return ClaudeErrors.Invalid("anthropic-version: header is required");
        }

        if (!Versions.Contains(version))
        {
            return ClaudeErrors.Invalid($"anthropic-version: \"{version}\" is not a valid version.");
        }

        return key is not null
            ? IsKey(key) ? null : ClaudeErrors.Unauthorized("invalid x-api-key")
            : CheckBearer(exchange, bearer!, version);
    }

    private static ScriptedError? CheckBearer(Exchange exchange, string bearer, string version)
    {
        if (IsKey(bearer))
        {
            return version == NewestVersion
                ? null
                : ClaudeErrors.Unauthorized($"API keys are bearer tokens from version {NewestVersion} on");
        }

        if (!IsOAuth(bearer))
        {
            return ClaudeErrors.Unauthorized("Invalid bearer token");
        }

        var betas = exchange.Request.Header("anthropic-beta")?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        return !betas.Contains(OAuthBeta) ? ClaudeErrors.Unauthorized("OAuth authentication is currently not supported.")
            : exchange.Account.Tokens.TakesAccess(bearer) ? null
            : ClaudeErrors.Unauthorized("OAuth token has expired. Please obtain a new token or refresh your existing token.");
    }

    private static bool IsKey(string credential) => credential.StartsWith(CredentialPrefix.Claude, StringComparison.Ordinal);
}
