using System.Text.Json.Serialization;

namespace Simulator;

/// <summary>One block of an answer. The order of the parts is the order on the wire.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TextPart), "text")]
[JsonDerivedType(typeof(ThinkingPart), "thinking")]
[JsonDerivedType(typeof(RedactedThinkingPart), "redacted_thinking")]
[JsonDerivedType(typeof(ToolCallPart), "tool_call")]
public abstract record AnswerPart;

/// <summary>Text for the reader.</summary>
/// <param name="Pieces">Several are streamed exactly so; a single one word by word, or as <see cref="ScriptedAnswer.Chunks"/> says.</param>
public sealed record TextPart(IReadOnlyList<string> Pieces) : AnswerPart;

/// <summary>
/// Reasoning: a thinking block at Claude, <c>reasoning_content</c> on chat completions (as compatible servers send it), a reasoning item on responses.
/// </summary>
/// <param name="Pieces">As with <see cref="TextPart"/>.</param>
/// <param name="Signature">Sent just before the block ends; the encrypted content on responses; chat completions have no place for it.</param>
public sealed record ThinkingPart(IReadOnlyList<string> Pieces, string? Signature = null) : AnswerPart;

/// <summary>Reasoning that only the platform can read; Claude only.</summary>
public sealed record RedactedThinkingPart(string Data) : AnswerPart;

/// <summary>A tool call. Several of them in a row are parallel calls.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">JSON text in the fragments it is streamed in; empty for a call without arguments.</param>
/// <param name="Id">Null lets the platform's own form of id be made up.</param>
public sealed record ToolCallPart(string Name, IReadOnlyList<string> Arguments, string? Id = null) : AnswerPart;
