using System.Text.Json;
using System.Text.RegularExpressions;

namespace Simulator.Platforms.Claude;

/// <summary>What the platform accepts as one content block. Server-side kinds it does not know in detail are let through.</summary>
internal static partial class BlockRules
{
    public static ScriptedError? Check(JsonElement block, string role, string path)
    {
        var type = block.Text("type");
        return (type, role) switch
        {
            (null, _) => ClaudeErrors.Missing($"{path}.type"),
            ("text", _) => Text(block, path),
            ("image" or "document", "user") => Source(block, $"{path}.{type}"),
            ("tool_use", "assistant") => ToolUse(block, path),
            ("tool_result", "user") => ToolResult(block, path),
            ("thinking", "assistant") => Required(block, path, "thinking", "thinking", "signature") ?? Signed(block.Text("signature")!, path, "signature", "thinking"),
            ("redacted_thinking", "assistant") => Required(block, path, "redacted_thinking", "data") ?? Signed(block.Text("data")!, path, "data", "redacted_thinking"),
            ("image" or "document" or "tool_use" or "tool_result" or "thinking" or "redacted_thinking", _) =>
                ClaudeErrors.Invalid($"{path}: `{type}` blocks are not allowed in `{role}` messages"),
            _ => Known().IsMatch(type)
                ? null
                : ClaudeErrors.Invalid($"{path}: Input tag '{type}' found using 'type' does not match any of the expected tags"),
        };
    }

    public static ScriptedError? Text(JsonElement block, string path) => block.Text("text") switch
    {
        null => ClaudeErrors.Missing($"{path}.text.text"),
        "" => ClaudeErrors.Invalid("messages: text content blocks must be non-empty"),
        var text when string.IsNullOrWhiteSpace(text) =>
            ClaudeErrors.Invalid("messages: text content blocks must contain non-whitespace text"),
        _ => null,
    };

    private static ScriptedError? Required(JsonElement block, string path, string type, params string[] names) =>
        names.Where(name => block.Text(name) is null).Select(name => ClaudeErrors.Missing($"{path}.{type}.{name}")).FirstOrDefault();

    /// <summary>Anthropic's own are base64; any other text was signed by somebody else.</summary>
    private static ScriptedError? Signed(string signature, string path, string member, string type) =>
        signature.All(character => char.IsAsciiLetterOrDigit(character) || character is '+' or '/' or '=' or '-' or '_') ? null : ClaudeErrors.Invalid($"{path}: Invalid `{member}` in `{type}` block");

    private static ScriptedError? Source(JsonElement block, string path)
    {
        if (block.Member("source") is not { } source)
        {
            return ClaudeErrors.Missing($"{path}.source");
        }

        return source.Text("type") switch
        {
            "base64" => Base64(source, $"{path}.source.base64"),
            "url" when source.Text("url") is null => ClaudeErrors.Missing($"{path}.source.url.url"),
            "url" or "file" or "text" or "content" => null,
            _ => ClaudeErrors.Invalid($"{path}.source.type: Input should be 'base64', 'url' or 'file'"),
        };
    }

    private static ScriptedError? Base64(JsonElement source, string path)
    {
        if (source.Text("media_type") is not { } mediaType)
        {
            return ClaudeErrors.Missing($"{path}.media_type");
        }

        if (mediaType is not ("image/jpeg" or "image/png" or "image/gif" or "image/webp" or "application/pdf"))
        {
            return ClaudeErrors.Invalid($"{path}.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'");
        }

        return source.Member("data") is { } data && data.TryGetBytesFromBase64(out _)
            ? null
            : ClaudeErrors.Invalid($"{path}.data: invalid base64 data");
    }

    private static ScriptedError? ToolUse(JsonElement block, string path)
    {
        if (Required(block, path, "tool_use", "id", "name") is { } missing)
        {
            return missing;
        }

        if (!ToolUseId().IsMatch(block.Text("id")!))
        {
            return ClaudeErrors.Invalid($"{path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'");
        }

        return block.Member("input") is { ValueKind: JsonValueKind.Object }
            ? null
            : ClaudeErrors.NotA("dictionary", $"{path}.tool_use.input");
    }

    private static ScriptedError? ToolResult(JsonElement block, string path)
    {
        if (Required(block, path, "tool_result", "tool_use_id") is { } missing)
        {
            return missing;
        }

        return block.Member("content") switch
        {
            null or { ValueKind: JsonValueKind.String } => ClaudeFields.Boolean(block, "is_error"),
            { ValueKind: JsonValueKind.Array } parts => parts.EnumerateArray()
                .Select((part, i) => Check(part, "user", $"{path}.tool_result.content.{i}")).FirstOrDefault(error => error is not null),
            _ => ClaudeErrors.NotA("list", $"{path}.tool_result.content"),
        };
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]+$")]
    private static partial Regex ToolUseId();

    [GeneratedRegex("^(server_tool_use|mcp_tool_use|search_result|container_upload|compaction|fallback|tool_reference|tool_addition"
        + "|tool_removal|[a-z_]+_tool_result)$")]
    private static partial Regex Known();
}
