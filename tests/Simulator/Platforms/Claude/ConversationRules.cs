using System.Text.Json;

namespace Simulator.Platforms.Claude;

/// <summary>What the platform accepts as a conversation: whose turn it is, and that calls and results meet.</summary>
internal static class ConversationRules
{
    public static ScriptedError? Check(JsonElement body, ClaudeModel model)
    {
        var messages = body.GetProperty("messages").EnumerateArray().ToArray();
        if (messages.Length == 0)
        {
            return ClaudeErrors.Invalid("messages: at least one message is required");
        }

        for (var i = 0; i < messages.Length; i++)
        {
            if ((Role(messages[i], i, model) ?? Content(messages[i], i, i == messages.Length - 1)) is { } error)
            {
                return error;
            }
        }

        if (messages[0].Text("role") != "user")
        {
            return ClaudeErrors.Invalid("messages: first message must use the \"user\" role");
        }

        return Prefill(messages[^1], model) ?? ToolPairs(messages);
    }

    private static ScriptedError? Role(JsonElement message, int index, ClaudeModel model)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return ClaudeErrors.NotA("dictionary", $"messages.{index}");
        }

        return message.Text("role") switch
        {
            null => ClaudeErrors.Missing($"messages.{index}.role"),
            "user" or "assistant" => null,
            "system" when model.TakesSystemTurns && index > 0 => null,
            "system" => ClaudeErrors.Invalid("messages: Unexpected role \"system\". Use the top-level `system` parameter."),
            var other => ClaudeErrors.Invalid($"messages: Unexpected role \"{other}\". Allowed roles are \"user\" or \"assistant\""),
        };
    }

    private static ScriptedError? Content(JsonElement message, int index, bool isLast)
    {
        var role = message.Text("role")!;
        var path = $"messages.{index}.content";
        return message.Member("content") switch
        {
            null => ClaudeErrors.Missing(path),
            { ValueKind: JsonValueKind.String } text when text.GetString()!.Length > 0 => null,
            { ValueKind: JsonValueKind.Array } blocks when blocks.GetArrayLength() > 0 => blocks.EnumerateArray()
                .Select((block, i) => BlockRules.Check(block, role == "system" ? "user" : role, $"{path}.{i}"))
                .FirstOrDefault(error => error is not null),
            { ValueKind: JsonValueKind.String or JsonValueKind.Array } => isLast && role == "assistant"
                ? null
                : ClaudeErrors.Invalid(
                    $"messages.{index}: all messages must have non-empty content except for the optional final assistant message"),
            _ => ClaudeErrors.NotA("list", path),
        };
    }

    private static ScriptedError? Prefill(JsonElement last, ClaudeModel model)
    {
        if (last.Text("role") != "assistant")
        {
            return null;
        }

        if (!model.TakesPrefill)
        {
            return ClaudeErrors.Invalid("This model does not support assistant message prefill: the last message must be the user's.");
        }

        return last.ContentText() is { Length: > 0 } text && char.IsWhiteSpace(text[^1])
            ? ClaudeErrors.Invalid("messages: final assistant content cannot end with trailing whitespace")
            : null;
    }

    /// <summary>The calls of a turn are answered at the start of the next one; messages of one role in a row are one turn.</summary>
    private static ScriptedError? ToolPairs(JsonElement[] messages)
    {
        var unanswered = new List<string>();
        for (var i = 0; i < messages.Length; i++)
        {
            if (messages[i].Text("role") == "assistant")
            {
                unanswered.AddRange(messages[i].Items("content").Where(IsToolUse).Select(block => block.Text("id")!));
            }
            else if (Results(messages[i], i, unanswered) is { } orphan)
            {
                return orphan;
            }
            else if (unanswered.Count > 0 && EndsTurn(messages, i))
            {
                return Unanswered(i, unanswered);
            }
        }

        return unanswered.Count > 0 ? Unanswered(messages.Length, unanswered) : null;
    }

    private static bool IsToolUse(JsonElement block) => block.Text("type") == "tool_use";

    private static bool IsToolResult(JsonElement block) => block.Text("type") == "tool_result";

    /// <summary>Results end with the turn, and with the first content that is something else.</summary>
    private static bool EndsTurn(JsonElement[] messages, int index) =>
        index == messages.Length - 1
        || messages[index + 1].Text("role") == "assistant"
        || messages[index].Text("content") is not null
        || !messages[index].Items("content").All(IsToolResult);

    private static ScriptedError? Results(JsonElement message, int index, List<string> unanswered)
    {
        var position = 0;
        foreach (var block in message.Items("content"))
        {
            if (IsToolResult(block))
            {
                var id = block.Text("tool_use_id")!;
                if (!unanswered.Remove(id))
                {
                    return ClaudeErrors.Invalid(
                        $"messages.{index}.content.{position}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. "
                            + "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
                }
            }
            else if (unanswered.Count > 0)
            {
                return Unanswered(index, unanswered);
            }

            position++;
        }

        return null;
    }

    private static ScriptedError Unanswered(int index, IEnumerable<string> ids) => ClaudeErrors.Invalid(
        $"messages.{index - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", ids)}. "
            + "Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
}
