using System.Text.Json;
using System.Text.RegularExpressions;

namespace Simulator.Platforms.Claude;

/// <summary>What the platform accepts as tools and the choice among them.</summary>
internal static partial class ToolRules
{
    public static ScriptedError? Check(JsonElement body, ClaudeModel model) => Tools(body) ?? ToolChoice(body, model);

    public static bool IsThinking(JsonElement body) => body.Member("thinking")?.Text("type") is "enabled" or "adaptive";

    private static ScriptedError? Tools(JsonElement body)
    {
        if (body.Member("tools") is not { } tools)
        {
            return null;
        }

        if (tools.ValueKind != JsonValueKind.Array)
        {
            return ClaudeErrors.NotA("list", "tools");
        }

        return tools.EnumerateArray().Select(Tool).FirstOrDefault(error => error is not null)
            ?? (tools.EnumerateArray().GroupBy(tool => tool.Text("name")).Any(group => group.Key is not null && group.Count() > 1)
                ? ClaudeErrors.Invalid("tools: Tool names must be unique.")
                : null);
    }

    private static ScriptedError? Tool(JsonElement tool, int index)
    {
        // Tools the platform runs itself have a type of their own, and no schema.
        if (tool.Text("type") is { } type and not "custom")
        {
            return ServerTool().IsMatch(type)
                ? null
                : ClaudeErrors.Invalid($"tools.{index}: Input tag '{type}' does not match any of the expected tags");
        }

        if (tool.Text("name") is not { } name)
        {
            return ClaudeErrors.Missing($"tools.{index}.custom.name");
        }

        if (!ToolName().IsMatch(name))
        {
            return ClaudeErrors.Invalid($"tools.{index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'");
        }

        return tool.Member("input_schema") switch
        {
            null => ClaudeErrors.Missing($"tools.{index}.custom.input_schema"),
            { ValueKind: JsonValueKind.Object } schema when schema.Text("type") == "object" => null,
            { ValueKind: JsonValueKind.Object } =>
                ClaudeErrors.Invalid($"tools.{index}.custom.input_schema.type: Input should be 'object'"),
            _ => ClaudeErrors.NotA("dictionary", $"tools.{index}.custom.input_schema"),
        };
    }

    private static ScriptedError? ToolChoice(JsonElement body, ClaudeModel model)
    {
        if (body.Member("tool_choice") is not { } choice)
        {
            return null;
        }

        if (choice.ValueKind != JsonValueKind.Object)
        {
            return ClaudeErrors.NotA("dictionary", "tool_choice");
        }

        if (!body.Items("tools").Any())
        {
            return ClaudeErrors.Invalid("tool_choice: may only be specified while providing tools");
        }

        var type = choice.Text("type");
        if (type is not ("auto" or "any" or "tool" or "none"))
        {
            return ClaudeErrors.Invalid("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'");
        }

        if (type is "any" or "tool" && (IsThinking(body) || model.Thinking == ThinkingRule.Always))
        {
            return ClaudeErrors.Invalid("Thinking may not be enabled when tool_choice forces tool use.");
        }

        return type == "tool" && body.Items("tools").All(tool => tool.Text("name") != choice.Text("name"))
            ? ClaudeErrors.Invalid($"tool_choice.name: Tool '{choice.Text("name")}' not found in provided tools")
            : null;
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,128}$")]
    private static partial Regex ToolName();

    [GeneratedRegex(@"^([a-z0-9_]+_\d{8}|mcp_toolset)$")]
    private static partial Regex ServerTool();
}
