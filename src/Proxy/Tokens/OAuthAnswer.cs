namespace Gateway.Proxy.Tokens;

/// <summary>Where and how one account's tokens are asked for.</summary>
/// <param name="Invoker">The account's own connection pool, with its outbound proxy.</param>
/// <param name="Url">The token endpoint, called exactly as it is.</param>
/// <param name="ClientId">Whom the provider knows the gateway as; null: no client id is sent.</param>
/// <param name="IsForm">Whether the request is form-encoded, as RFC 6749 has it; otherwise it is JSON.</param>
/// <param name="Header">A header that the provider asks for; null: none.</param>
internal sealed record OAuthEndpoint(HttpMessageInvoker Invoker, Uri Url, string? ClientId, bool IsForm, KeyValuePair<string, string>? Header);

/// <summary>What a token endpoint has issued.</summary>
/// <remarks>Not a record: its text form must not print tokens.</remarks>
internal sealed class OAuthTokens(string accessToken, string? refreshToken, DateTime expiresAtUtc)
{
    public string AccessToken => accessToken;

    /// <summary>Null: the one that was sent stays good.</summary>
    public string? RefreshToken => refreshToken;

    public DateTime ExpiresAtUtc => expiresAtUtc;

    public override string ToString() => "tokens";
}

/// <summary>What a refusal of a token endpoint means.</summary>
internal enum OAuthErrorKind
{
    /// <summary>The refresh token or the code is used, ended or taken back.</summary>
    InvalidGrant,

    /// <summary>The client is unknown or may not do this: only an operator can mend that.</summary>
    Configuration,

    /// <summary>Anything else: it may go better later.</summary>
    Temporary,
}

/// <summary>Why there are no tokens.</summary>
/// <param name="Code">The <c>error</c> of RFC 6749, 5.2, or a word for what happened. Nothing else of an answer may be logged or shown.</param>
/// <param name="RetryAfter">How long the provider asks to wait; null: it does not say.</param>
internal sealed record OAuthError(OAuthErrorKind Kind, string Code, TimeSpan? RetryAfter = null);

/// <summary>Tokens, or why there are none.</summary>
internal readonly record struct OAuthAnswer(OAuthTokens? Tokens, OAuthError? Error);
