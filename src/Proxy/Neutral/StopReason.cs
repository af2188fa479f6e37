namespace Gateway.Proxy.Neutral;

/// <summary>Why an answer ended.</summary>
internal enum StopReason
{
    /// <summary>The model had said all.</summary>
    End,

    /// <summary>One of the client's stop sequences.</summary>
    StopSequence,

    /// <summary>The client is to run tools.</summary>
    ToolCalls,

    /// <summary>The limit on output tokens.</summary>
    Length,

    /// <summary>The model's context window is full.</summary>
    ContextLength,

    /// <summary>The model refused.</summary>
    Refusal,

    /// <summary>A filter of the platform.</summary>
    ContentFilter,

    /// <summary>The platform paused a long turn; the client sends it back to go on.</summary>
    Pause,

    /// <summary>The model wrote something that could not be read as an answer.</summary>
    Malformed,

    /// <summary>For a reason without a name here.</summary>
    Other,
}
