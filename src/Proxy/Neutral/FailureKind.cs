namespace Gateway.Proxy.Neutral;

/// <summary>What went wrong, in no platform's words.</summary>
internal enum FailureKind
{
    /// <summary>The client's request is wrong; every account would say so.</summary>
    InvalidRequest,

    /// <summary>The prompt does not fit the model.</summary>
    ContextLength,

    /// <summary>The body is too large.</summary>
    TooLarge,

    /// <summary>The body is compressed or of another media type.</summary>
    UnsupportedMedia,

    /// <summary>A platform's filter refused the content.</summary>
    ContentFilter,

    /// <summary>The client sent its request too slowly.</summary>
    ClientTimeout,

    /// <summary>The client's API key is missing, unknown or ended.</summary>
    AuthClient,

    /// <summary>The key may not do this (address, time).</summary>
    ForbiddenClient,

    /// <summary>A limit of the client's own key.</summary>
    LimitClient,

    /// <summary>The account's credentials were refused. Never shown as 401: it would blame the client's key.</summary>
    AuthAccount,

    /// <summary>The account's balance or long-term quota is used up.</summary>
    QuotaAccount,

    /// <summary>The account must slow down for a while.</summary>
    RateLimit,

    /// <summary>The platform is busy.</summary>
    Overloaded,

    /// <summary>The platform failed.</summary>
    Server,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>The platform could not be reached.</summary>
    Unreachable,

    /// <summary>The answer ended before it was complete.</summary>
    Truncated,

    /// <summary>Nobody serves the model.</summary>
    ModelNotFound,

    /// <summary>There is nothing at this path.</summary>
    NotFound,

    /// <summary>Accounts serve the model, but none can be used now.</summary>
    NoAccount,

    /// <summary>The gateway cannot take work at the moment.</summary>
    Unavailable,

    /// <summary>The client left.</summary>
    ClientGone,
}

internal static class FailureKinds
{
    /// <summary>Name in logs and in <c>error_kind</c>.</summary>
    public static string Name(this FailureKind kind) => kind switch
    {
        FailureKind.InvalidRequest => "invalid_request",
        FailureKind.ContextLength => "context_length",
        FailureKind.TooLarge => "too_large",
        FailureKind.UnsupportedMedia => "unsupported_media",
        FailureKind.ContentFilter => "content_filter",
        FailureKind.ClientTimeout => "client_timeout",
        FailureKind.AuthClient => "auth_client",
        FailureKind.ForbiddenClient => "forbidden_client",
        FailureKind.LimitClient => "limit_client",
        FailureKind.AuthAccount => "auth_account",
        FailureKind.QuotaAccount => "quota_account",
        FailureKind.RateLimit => "rate_limit",
        FailureKind.Overloaded => "overloaded",
        FailureKind.Server => "server",
        FailureKind.Timeout => "timeout",
        FailureKind.Unreachable => "unreachable",
        FailureKind.Truncated => "truncated",
        FailureKind.ModelNotFound => "model_not_found",
        FailureKind.NotFound => "not_found",
        FailureKind.NoAccount => "no_account",
        FailureKind.Unavailable => "unavailable",
        _ => "client_gone",
    };

    /// <summary>The kind of that name; null: there is none.</summary>
    public static FailureKind? Parse(string name)
    {
        foreach (var kind in Enum.GetValues<FailureKind>())
        {
            if (kind.Name() == name)
            {
                return kind;
            }
        }

        return null;
    }

    /// <summary>What a platform's status means where neither its words nor its own rules say more. 499 is Google's "cancelled", 529 Claude's "overloaded".</summary>
    /// <param name="message">What the platform says.</param>
    public static FailureKind OfStatus(int status, string message) => status switch
    {
        // An account that may not use one model can serve others, and a client that asks for the wrong one blames nobody else.
        403 when message.Contains("model", StringComparison.OrdinalIgnoreCase)
            && (message.Contains("access to", StringComparison.OrdinalIgnoreCase) || message.Contains("not allowed", StringComparison.OrdinalIgnoreCase)) => FailureKind.ModelNotFound,
        400 or 422 => FailureKind.InvalidRequest,
        401 or 403 => FailureKind.AuthAccount,
        402 => FailureKind.QuotaAccount,
        404 => FailureKind.ModelNotFound,
        408 or 504 => FailureKind.Timeout,
        413 => FailureKind.TooLarge,
        429 => FailureKind.RateLimit,
        503 or 529 => FailureKind.Overloaded,
        < 400 or 424 or >= 499 => FailureKind.Server, // No platform redirects: that is a wrong address. 424: Bedrock's model has failed.
        _ => FailureKind.InvalidRequest,
    };

    /// <summary>When a client may come back if nobody said a time; null: coming back helps nothing, or at once as well as later.</summary>
    public static TimeSpan? RetryAfter(this FailureKind kind) => kind switch
    {
        FailureKind.RateLimit or FailureKind.LimitClient => TimeSpan.FromSeconds(60),
        FailureKind.QuotaAccount => TimeSpan.FromHours(1),
        FailureKind.Overloaded => TimeSpan.FromSeconds(15),
        FailureKind.AuthAccount or FailureKind.NoAccount => TimeSpan.FromSeconds(30),
        FailureKind.Unavailable => TimeSpan.FromSeconds(10),
        _ => null,
    };

    /// <summary>Whether the fault lies with the request, so that another account would answer alike.</summary>
    public static bool IsClientFault(this FailureKind kind) => kind
        is FailureKind.InvalidRequest or FailureKind.ContextLength or FailureKind.TooLarge or FailureKind.UnsupportedMedia or FailureKind.ContentFilter or FailureKind.ClientTimeout
        or FailureKind.AuthClient or FailureKind.ForbiddenClient or FailureKind.LimitClient or FailureKind.NotFound;
}
