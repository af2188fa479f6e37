using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>How many tokens a response's input would have: its words.</summary>
internal static class InputTokenEndpoint
{
    private static readonly string[] Known =
    [
        "model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "text", "reasoning", "truncation", "previous_response_id", "conversation",
    ];

    public static WireAnswer Answer(Exchange exchange, OpenAiWire wire, JsonElement body)
    {
        var unknown = body.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !Known.Contains(name));
        var refusal = unknown is not null
            ? OpenAiErrors.Invalid($"Unknown parameter: '{unknown}'.", unknown, "unknown_parameter")
            : ResponseRules.Check(exchange, body, out _);
        if (refusal is not null)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: false) ?? new ScriptedAnswer();
        return Reply.Script(wire, script, () => new JsonObject
        {
            ["object"] = "response.input_tokens",
            ["input_tokens"] = script.Usage?.TotalInputTokens ?? ResponseEndpoint.ReadPrompt(body).Words,
        });
    }
}
