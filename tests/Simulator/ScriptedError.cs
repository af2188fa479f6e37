namespace Simulator;

/// <summary>A failure that each platform words in its own shape. What is null gets that platform's usual value for the status.</summary>
public sealed record ScriptedError(int Status)
{
    public string? Type { get; init; }

    /// <summary>OpenAI's <c>code</c>; Claude's <c>details.error_code</c>.</summary>
    public string? Code { get; init; }

    /// <summary>OpenAI's <c>param</c>.</summary>
    public string? Param { get; init; }

    public string? Message { get; init; }
}
