using System.Text.Json;
using Simulator.Platforms.Claude;

namespace Simulator.Platforms.Bedrock;

/// <summary>What InvokeModel takes of a Claude request: Anthropic's rules, less what Bedrock does not have. Unknown members are refused.</summary>
internal static class InvokeRules
{
    private const string Version = "bedrock-2023-05-31";

    private static readonly string[] Members =
    [
        "anthropic_version", "anthropic_beta", "max_tokens", "messages", "system", "tools", "tool_choice", "stop_sequences", "temperature", "top_p", "top_k", "thinking",
        "output_config", "metadata",
    ];

    // With their betas only.
    private static readonly Dictionary<string, string> BetaMembers = new() { ["context_management"] = "context-management-2025-06-27" };

    private static readonly string[] Betas =
    [
        "computer-use-2024-10-22", "computer-use-2025-01-24", "context-1m-2025-08-07", "context-management-2025-06-27", "dev-full-thinking-2025-05-14",
        "fine-grained-tool-streaming-2025-05-14", "interleaved-thinking-2025-05-14", "model-context-window-exceeded-2025-08-26", "output-128k-2025-02-19",
        "search-results-2025-06-09", "token-counting-2024-11-01", "token-efficient-tools-2025-02-19", "tool-search-tool-2025-10-19",
    ];

    private static readonly string[] ServerTools = ["web_search", "web_fetch", "code_execution", "mcp_toolset"];

    public static ScriptedError? Check(BedrockModel model, JsonElement body)
    {
        if (model.Claude is not { } claude)
        {
            return BedrockErrors.Invalid("Simulator: InvokeModel is played for Claude models only.");
        }

        if (body.Text("anthropic_version") != Version)
        {
            return BedrockErrors.Invalid($"anthropic_version: must be {Version}");
        }

        var betas = body.Items("anthropic_beta").Select(beta => beta.GetString()!).ToArray();
        if (betas.Except(Betas).Any())
        {
            return BedrockErrors.Invalid("invalid beta flag");
        }

        foreach (var member in body.EnumerateObject())
        {
            if (!Members.Contains(member.Name) && !(BetaMembers.TryGetValue(member.Name, out var beta) && betas.Contains(beta)))
            {
                return BedrockErrors.Model($"{member.Name}: Extra inputs are not permitted");
            }
        }

        return Tools(body, model) ?? Sources(body) ?? Formats(body, model) ?? AsAnthropic(claude, body);
    }

    private static ScriptedError? Tools(JsonElement body, BedrockModel model)
    {
        var index = 0;
        foreach (var tool in body.Items("tools"))
        {
            if (tool.Text("type") is { } type && ServerTools.Any(type.StartsWith))
            {
                return BedrockErrors.Invalid($"tools.{index}: Input tag '{type}' found using 'type' does not match any of the expected tags");
            }

            foreach (var member in tool.EnumerateObject())
            {
                if (member.Name is "defer_loading" or "eager_input_streaming" || (member.Name == "strict" && !model.TakesSchemas))
                {
                    return BedrockErrors.Model($"tools.{index}.custom.{member.Name}: Extra inputs are not permitted");
                }
            }

            index++;
        }

        return null;
    }

    private static ScriptedError? Sources(JsonElement body) =>
        body.Items("messages").SelectMany(message => message.Items("content")).SelectMany(block => block.Items("content").Prepend(block))
            .Any(block => block.Member("source")?.Text("type") is "url" or "file")
            ? BedrockErrors.Invalid("messages: source.type must be 'base64'")
            : null;

    private static ScriptedError? Formats(JsonElement body, BedrockModel model) =>
        body.Member("output_config")?.Member("format") is not null && !model.TakesSchemas
            ? BedrockErrors.Model("output_config.format: Extra inputs are not permitted")
            : null;

    private static ScriptedError? AsAnthropic(ClaudeModel claude, JsonElement body)
    {
        if (body.Member("messages") is not { ValueKind: JsonValueKind.Array })
        {
            return BedrockErrors.Invalid("messages: Field required");
        }

        var error = MessageRules.Check(body, claude);
        return error is null ? null : BedrockErrors.Invalid(error.Message ?? "");
    }
}
