using System.Text.Json;

namespace Gateway.Proxy.Neutral;

/// <summary>A function that the model may call.</summary>
/// <param name="Name">As the client knows it.</param>
/// <param name="Description">Null or empty: none.</param>
/// <param name="Schema">JSON Schema of the arguments; null: it takes none.</param>
/// <param name="Strict">Whether the arguments must follow the schema exactly; null: not said.</param>
internal sealed record ToolDefinition(string Name, string? Description, JsonElement? Schema, bool? Strict)
{
    /// <summary>As <see cref="Block.CacheMinutes"/>.</summary>
    public int? CacheMinutes { get; init; }

    /// <summary>OpenAI's custom tools take one text instead of an object: elsewhere they become functions with the one member <c>input</c>.</summary>
    public bool IsCustom { get; init; }

    /// <summary>The namespace that OpenAI Responses puts the tool in; its name begins with it. Null: none.</summary>
    public string? Namespace { get; init; }
}

internal enum ToolChoiceKind
{
    Auto,

    /// <summary>Some tool must be called.</summary>
    Any,

    /// <summary>This tool must be called.</summary>
    One,

    /// <summary>No tool may be called.</summary>
    None,
}

/// <summary>Whether the model must, may or must not call tools.</summary>
/// <param name="Name">For <see cref="ToolChoiceKind.One"/>.</param>
internal sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null)
{
    /// <summary>Only these tools may be called, by auto or any; null: all.</summary>
    public IReadOnlyList<string>? Only { get; init; }
}

internal enum OutputFormatKind
{
    JsonObject,
    JsonSchema,
}

/// <summary>The form that the answer's text must have.</summary>
/// <param name="Schema">For <see cref="OutputFormatKind.JsonSchema"/>.</param>
internal sealed record OutputFormat(OutputFormatKind Kind, JsonElement? Schema = null, string? Name = null, string? Description = null, bool? Strict = null);
