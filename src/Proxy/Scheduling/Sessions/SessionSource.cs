namespace Gateway.Proxy.Scheduling.Sessions;

/// <summary>By which signal a conversation was recognised.</summary>
internal enum SessionSource
{
    /// <summary>Claude Code's session, from its header or from <c>metadata.user_id</c>.</summary>
    ClaudeCode,

    /// <summary>Codex's session, from its headers.</summary>
    Codex,

    /// <summary>OpenAI's <c>prompt_cache_key</c>.</summary>
    PromptCacheKey,

    /// <summary>A header of other clients.</summary>
    SessionHeader,

    /// <summary>A member of the body of other clients.</summary>
    SessionField,

    /// <summary>The client says who its user is, and the content which of the user's conversations it is.</summary>
    EndUser,

    /// <summary>Instructions, tools and the first message.</summary>
    Content,
}

internal static class SessionSources
{
    /// <summary>Name in the request log and in answers.</summary>
    public static string Name(this SessionSource source) => source switch
    {
        SessionSource.ClaudeCode => "claude_code",
        SessionSource.Codex => "codex",
        SessionSource.PromptCacheKey => "prompt_cache_key",
        SessionSource.SessionHeader => "session_header",
        SessionSource.SessionField => "session_field",
        SessionSource.EndUser => "end_user",
        _ => "content",
    };

    /// <summary>Whether the conversation was guessed from its content: many may begin alike, so such a key is a hint that must give way to load.</summary>
    public static bool IsGuess(this SessionSource source) => source is SessionSource.EndUser or SessionSource.Content;
}
