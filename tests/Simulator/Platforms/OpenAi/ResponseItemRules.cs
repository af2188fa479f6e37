using System.Text.Json;

namespace Simulator.Platforms.OpenAi;

/// <summary>What the platform accepts as a response's input. Items of a type that is not checked here are let through.</summary>
internal static class ResponseItemRules
{
    private static readonly string[] Roles = ["user", "assistant", "system", "developer"];

    public static ScriptedError? Check(JsonElement body)
    {
        switch (body.Member("input"))
        {
            case null:
                return OpenAiErrors.Missing("input");
            case { ValueKind: JsonValueKind.String }:
                return null;
            case { ValueKind: JsonValueKind.Array } items when items.GetArrayLength() == 0:
                return OpenAiFields.Empty("input");
            case { ValueKind: JsonValueKind.Array } items:
                return items.EnumerateArray().Select((item, index) => Item(item, $"input[{index}]")).FirstOrDefault(error => error is not null)
                    ?? Pairs(items) ?? Reasoning(items);
            case { } other:
                return OpenAiErrors.WrongType("input", "a string or an array of objects", other);
        }
    }

    private static ScriptedError? Item(JsonElement item, string path)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return OpenAiErrors.WrongType(path, "an object", item);
        }

        return item.Text("type") switch
        {
            _ when IsReference(item) => null,
            null or "message" => Message(item, path),
            "function_call" => Required(item, path, "call_id", "name", "arguments"),
            "custom_tool_call" => Required(item, path, "call_id", "name", "input"),
            "function_call_output" or "custom_tool_call_output" => item.Text("call_id") is null
                ? OpenAiErrors.Missing($"{path}.call_id")
                : item.Member("output") switch
                {
                    null => OpenAiErrors.Missing($"{path}.output"),
                    { ValueKind: JsonValueKind.String } => null,
                    { ValueKind: JsonValueKind.Array } parts => Parts(parts, $"{path}.output", "input_text", "input_image", "input_file"),
                    { } other => OpenAiErrors.WrongType($"{path}.output", "a string or an array of objects", other),
                },
            "reasoning" => ReasoningItem(item, path),
            _ => null,
        };
    }

    /// <summary>An item that is only named; its type may be left out.</summary>
    public static bool IsReference(JsonElement item) =>
        item.Text("type") == "item_reference" || (item.Text("id") is not null && item.Member("type") is null && item.Member("role") is null);

    private static ScriptedError? Required(JsonElement item, string path, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (item.Text(name) is null)
            {
                return OpenAiErrors.Missing($"{path}.{name}");
            }
        }

        return null;
    }

    private static ScriptedError? Message(JsonElement item, string path)
    {
        if (item.Text("role") is not { } role)
        {
            return OpenAiErrors.Missing($"{path}.role");
        }

        if (!Roles.Contains(role))
        {
            return OpenAiFields.NotOneOf($"{path}.role", role, Roles);
        }

        return item.Member("content") switch
        {
            null => OpenAiErrors.Missing($"{path}.content"),
            { ValueKind: JsonValueKind.String } => null,
            { ValueKind: JsonValueKind.Array } parts when role == "assistant" => Parts(parts, $"{path}.content", "output_text", "refusal"),
            { ValueKind: JsonValueKind.Array } parts => Parts(parts, $"{path}.content", "input_text", "input_image", "input_file", "input_audio"),
            { } other => OpenAiErrors.WrongType($"{path}.content", "a string or an array of objects", other),
        };
    }

    private static ScriptedError? Parts(JsonElement parts, string path, params string[] allowed)
    {
        var index = 0;
        foreach (var part in parts.EnumerateArray())
        {
            var type = part.Text("type");
            var place = $"{path}[{index++}]";
            if (type is null || !allowed.Contains(type))
            {
                return type is null ? OpenAiErrors.Missing($"{place}.type") : OpenAiFields.NotOneOf(place, type, allowed);
            }

            if (type is "input_text" or "output_text" && part.Text("text") is null)
            {
                return OpenAiErrors.Missing($"{place}.text");
            }

            if (type == "input_image" && part.Text("image_url") is not { } && part.Text("file_id") is null)
            {
                return OpenAiErrors.Missing($"{place}.image_url");
            }
        }

        return null;
    }

    /// <summary>Nothing is stored, so an id leads nowhere; and whatever another gateway wrapped cannot be decrypted.</summary>
    private static ScriptedError? ReasoningItem(JsonElement item, string path)
    {
        if (item.Member("summary") is not { ValueKind: JsonValueKind.Array })
        {
            return OpenAiErrors.Missing($"{path}.summary");
        }

        var id = item.Text("id");
        return item.Text("encrypted_content") switch
        {
            null => new ScriptedError(404)
            {
                Type = "invalid_request_error",
                Message = $"Item with id '{id}' not found. Items are not persisted when `store` is set to false.",
                Param = path,
            },
            var content when content.StartsWith("gw1.", StringComparison.Ordinal) =>
                OpenAiErrors.Invalid($"The encrypted content for item {id} could not be verified.", null, "invalid_encrypted_content"),
            _ => null,
        };
    }

    private static ScriptedError? Pairs(JsonElement items)
    {
        var open = new List<string>();
        foreach (var item in items.EnumerateArray())
        {
            var id = item.Text("call_id") ?? "";
            switch (item.Text("type"))
            {
                case "function_call" or "custom_tool_call":
                    open.Add(id);
                    break;
                case "function_call_output" or "custom_tool_call_output" when !open.Remove(id):
                    return OpenAiErrors.Invalid($"No tool call found for function call output with call_id {id}.", "input");
            }
        }

        return open.Count > 0 ? OpenAiErrors.Invalid($"No tool output found for function call {open[0]}.", "input") : null;
    }

    private static ScriptedError? Reasoning(JsonElement items) => items.EnumerateArray().Last() is var last && last.Text("type") == "reasoning"
        ? OpenAiErrors.Invalid($"Item '{last.Text("id")}' of type 'reasoning' was provided without its required following item.", "input")
        : null;
}
