using System.Text.Json;

namespace Simulator.Platforms.OpenAi;

/// <summary>What the platform accepts as a conversation.</summary>
internal static class ChatMessageRules
{
    private static readonly string[] Roles = ["system", "assistant", "user", "function", "tool", "developer"];

    /// <summary>With one of these, an assistant message may do without content.</summary>
    private static readonly string[] InsteadOfContent = ["tool_calls", "function_call", "refusal", "audio"];

    public static ScriptedError? Check(JsonElement body)
    {
        var messages = body.GetProperty("messages");
        if (messages.GetArrayLength() == 0)
        {
            return OpenAiFields.Empty("messages");
        }

        var unanswered = new List<string>();
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            if (Shape(message, index) is { } misshapen)
            {
                return misshapen;
            }

            if (message.Text("role") == "tool")
            {
                if (ToolMessage(message, index, messages, unanswered) is { } orphan)
                {
                    return orphan;
                }
            }
            else if (unanswered.Count > 0)
            {
                return Unanswered(unanswered, index);
            }

            unanswered.AddRange(message.Items("tool_calls").Select(call => call.Text("id")!));
            index++;
        }

        return unanswered.Count > 0 ? Unanswered(unanswered, index) : null;
    }

    private static ScriptedError? ToolMessage(JsonElement message, int index, JsonElement messages, List<string> unanswered)
    {
        if (message.Text("tool_call_id") is not { } id)
        {
            return OpenAiErrors.Missing($"messages[{index}].tool_call_id");
        }

        var previous = index == 0 ? default : messages[index - 1];
        if (previous.Text("role") != "tool" && !previous.Items("tool_calls").Any())
        {
            return OpenAiErrors.Invalid(
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
                $"messages.[{index}].role");
        }

        return unanswered.Remove(id)
            ? null
            : OpenAiErrors.Invalid(
                $"Invalid parameter: 'tool_call_id' of '{id}' not found in 'tool_calls' of previous message.",
                $"messages.[{index}].tool_call_id");
    }

    private static ScriptedError Unanswered(IEnumerable<string> ids, int index) => OpenAiErrors.Invalid(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
            + $"The following tool_call_ids did not have response messages: {string.Join(", ", ids)}",
        $"messages.[{index}].role");

    private static ScriptedError? Shape(JsonElement message, int index)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return OpenAiErrors.WrongType($"messages[{index}]", "an object", message);
        }

        if (message.Text("role") is not { } role)
        {
            return message.Member("role") is { } wrong
                ? OpenAiErrors.WrongType($"messages[{index}].role", "a string", wrong)
                : OpenAiErrors.Missing($"messages[{index}].role");
        }

        if (!Roles.Contains(role))
        {
            return OpenAiFields.NotOneOf($"messages[{index}].role", role, Roles);
        }

        return Content(message, role, index) ?? ToolCalls(message, role, index);
    }

    private static ScriptedError? Content(JsonElement message, string role, int index)
    {
        var path = $"messages[{index}].content";
        switch (message.Member("content"))
        {
            case { ValueKind: JsonValueKind.String }:
                return null;
            case { ValueKind: JsonValueKind.Array } parts when parts.GetArrayLength() == 0:
                return OpenAiFields.Empty(path);
            case { ValueKind: JsonValueKind.Array } parts:
                return parts.EnumerateArray().Select((part, i) => Part(part, role, $"{path}[{i}]"))
                    .FirstOrDefault(error => error is not null);
            case { } other:
                return OpenAiErrors.WrongType(path, "a string or an array of objects", other);
        }

        var mayBeEmpty = role == "assistant" && InsteadOfContent.Any(name => message.Member(name) is not null);
        return mayBeEmpty
            ? null
            : OpenAiErrors.Invalid("Invalid value for 'content': expected a string, got null.", $"messages.[{index}].content");
    }

    private static ScriptedError? Part(JsonElement part, string role, string path)
    {
        string[] allowed = role switch
        {
            "user" => ["text", "image_url", "input_audio", "file"],
            "assistant" => ["text", "refusal"],
            _ => ["text"],
        };
        var type = part.Text("type");
        if (type is null || !allowed.Contains(type))
        {
            return type is null ? OpenAiErrors.Missing($"{path}.type") : OpenAiFields.NotOneOf($"{path}.type", type, allowed);
        }

        return type switch
        {
            "text" or "refusal" when part.Text(type) is null => OpenAiErrors.Missing($"{path}.{type}"),
            "image_url" => Image(part, path),
            "input_audio" or "file" when part.Member(type) is not { ValueKind: JsonValueKind.Object } =>
                OpenAiErrors.Missing($"{path}.{type}"),
            _ => null,
        };
    }

    private static ScriptedError? Image(JsonElement part, string path)
    {
        if (part.Member("image_url")?.Text("url") is not { } url)
        {
            return OpenAiErrors.Missing($"{path}.image_url.url");
        }

        return url.StartsWith("http", StringComparison.Ordinal) || url.StartsWith("data:image/", StringComparison.Ordinal)
            ? null
            : OpenAiErrors.Invalid($"Invalid '{path}.image_url.url': an http(s) or data URL.", $"{path}.image_url.url", "invalid_value");
    }

    private static ScriptedError? ToolCalls(JsonElement message, string role, int index)
    {
        var path = $"messages[{index}].tool_calls";
        if (message.Member("tool_calls") is not { } calls)
        {
            return null;
        }

        if (role != "assistant" || calls.ValueKind != JsonValueKind.Array)
        {
            return OpenAiErrors.Invalid($"Invalid '{path}': an array, and of assistant messages only.", path, "invalid_type");
        }

        return calls.GetArrayLength() == 0
            ? OpenAiFields.Empty(path)
            : calls.EnumerateArray().Select((call, i) => ToolCall(call, $"{path}[{i}]")).FirstOrDefault(error => error is not null);
    }

    private static ScriptedError? ToolCall(JsonElement call, string path)
    {
        if (call.Text("id") is not { Length: > 0 })
        {
            return OpenAiErrors.Missing($"{path}.id");
        }

        return call.Text("type") switch
        {
            null => OpenAiErrors.Missing($"{path}.type"),
            "function" when call.Member("function")?.Text("name") is null => OpenAiErrors.Missing($"{path}.function.name"),
            "function" => call.Member("function")?.Member("arguments") switch
            {
                null => OpenAiErrors.Missing($"{path}.function.arguments"),
                { ValueKind: JsonValueKind.String } => null,
                { } other => OpenAiErrors.WrongType($"{path}.function.arguments", "a string", other),
            },
            "custom" => null,
            var other => OpenAiFields.NotOneOf($"{path}.type", other, "function", "custom"),
        };
    }
}
