using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.Claude;

/// <summary>Messages, whole or streamed, and their token count.</summary>
internal static class MessageEndpoint
{
    public static WireAnswer Answer(Exchange exchange, ClaudeWire wire, JsonElement body)
    {
        if (MessageRules.Check(exchange, body, out var model) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var prompt = ReadPrompt(body);
        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: true) ?? DefaultAnswer.For(prompt);
        var reply = new MessageReply(exchange, model!, script, prompt.Words);
        return Reply.Script(wire, script, reply.Whole, body.IsTrue("stream") ? reply.Events : null);
    }

    public static WireAnswer Count(Exchange exchange, ClaudeWire wire, JsonElement body)
    {
        if (MessageRules.CheckForCount(exchange, body) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: false) ?? new ScriptedAnswer();
        var tokens = script.Usage?.TotalInputTokens ?? Math.Max(1, ReadPrompt(body).Words);
        return Reply.Script(wire, script, () => new JsonObject { ["input_tokens"] = tokens });
    }

    public static Prompt ReadPrompt(JsonElement body)
    {
        var messages = body.Items("messages").ToArray();
        var toolResult = messages[^1].Items("content").FirstOrDefault(IsToolResult);
        var user = messages.LastOrDefault(message => message.Text("role") == "user" && message.ContentText().Length > 0);
        return new Prompt(
            Words.CountPrompt(body.GetProperty("messages")) + (body.Member("system") is { } system ? Words.CountPrompt(system) : 0),
            user.ContentText(),
            toolResult.ValueKind == JsonValueKind.Undefined ? null : toolResult.ContentText(),
            body.Items("tools").Select(tool => tool.Text("name")).FirstOrDefault());
    }

    private static bool IsToolResult(JsonElement block) => block.Text("type") == "tool_result";
}
