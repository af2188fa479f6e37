namespace Simulator.Platforms;

/// <summary>What the default answer needs to know of a request.</summary>
/// <param name="Words">Words of the whole prompt.</param>
/// <param name="UserText">The last text of the user.</param>
/// <param name="ToolResult">What a tool said, when that is the last message.</param>
/// <param name="Tool">The first tool the client declared.</param>
internal sealed record Prompt(int Words, string UserText, string? ToolResult, string? Tool);
