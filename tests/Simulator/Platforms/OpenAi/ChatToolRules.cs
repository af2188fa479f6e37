using System.Text.Json;
using System.Text.RegularExpressions;

namespace Simulator.Platforms.OpenAi;

/// <summary>What the platform accepts as tools and the choice among them.</summary>
internal static partial class ChatToolRules
{
    private const int MaxTools = 128;

    private static readonly string[] OnlyWithTools = ["tool_choice", "parallel_tool_calls"];

    public static ScriptedError? Check(JsonElement body) => Tools(body) ?? ToolChoice(body);

    private static ScriptedError? Tools(JsonElement body)
    {
        if (body.Member("tools") is not { } tools)
        {
            return null;
        }

        if (tools.ValueKind != JsonValueKind.Array)
        {
            return OpenAiErrors.WrongType("tools", "an array of objects", tools);
        }

        return tools.GetArrayLength() switch
        {
            0 => OpenAiFields.Empty("tools"),
            > MaxTools and var count => OpenAiFields.TooLong("tools", MaxTools, count),
            _ => tools.EnumerateArray().Select(Tool).FirstOrDefault(error => error is not null),
        };
    }

    private static ScriptedError? Tool(JsonElement tool, int index)
    {
        var type = tool.Text("type");
        if (type is not ("function" or "custom"))
        {
            return type is null
                ? OpenAiErrors.Missing($"tools[{index}].type")
                : OpenAiFields.NotOneOf($"tools[{index}].type", type, "function", "custom");
        }

        if (tool.Member(type) is not { ValueKind: JsonValueKind.Object } definition)
        {
            return OpenAiErrors.Missing($"tools[{index}].{type}");
        }

        if (definition.Text("name") is not { } name)
        {
            return OpenAiErrors.Missing($"tools[{index}].{type}.name");
        }

        if (!ToolName().IsMatch(name))
        {
            return OpenAiErrors.Invalid(
                $"Invalid 'tools[{index}].{type}.name': 1 to 64 letters, digits, '_' and '-'.",
                $"tools[{index}].{type}.name",
                "invalid_value");
        }

        return definition.Member("parameters") is { ValueKind: not JsonValueKind.Object } parameters
            ? OpenAiErrors.WrongType($"tools[{index}].{type}.parameters", "an object", parameters)
            : null;
    }

    private static ScriptedError? ToolChoice(JsonElement body)
    {
        if (body.Member("tools") is null)
        {
            var orphan = OnlyWithTools.FirstOrDefault(name => body.Member(name) is not null);
            return orphan is null
                ? null
                : OpenAiErrors.Invalid($"Invalid value for '{orphan}': '{orphan}' is only allowed when 'tools' are specified.", orphan);
        }

        return OpenAiFields.Boolean(body, "parallel_tool_calls") ?? (body.Member("tool_choice") switch
        {
            null or { ValueKind: JsonValueKind.Object } => null,
            { ValueKind: JsonValueKind.String } => OpenAiFields.OneOf(body, "tool_choice", "none", "auto", "required"),
            { } other => OpenAiErrors.WrongType("tool_choice", "a string or an object", other),
        });
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex ToolName();
}
