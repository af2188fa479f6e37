using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>Responses, whole or streamed. They are kept unless the request says otherwise.</summary>
internal static class ResponseEndpoint
{
    public static WireAnswer Answer(Exchange exchange, OpenAiWire wire, JsonElement body)
    {
        if (ResponseRules.Check(exchange, body, out var model) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var prompt = ReadPrompt(body);
        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: true) ?? DefaultAnswer.For(prompt);
        var reply = new ResponseReply(exchange, model!, body, script, prompt.Words);
        if (body.Member("store") is not { ValueKind: JsonValueKind.False })
        {
            StoredResponse.Keep(exchange, reply.Whole(), body);
        }

        return Reply.Script(new ResponseWire(wire, reply), script, reply.Whole, body.IsTrue("stream") ? reply.Events : null);
    }

    public static WireAnswer Compact(Exchange exchange, OpenAiWire wire, JsonElement body)
    {
        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: false) ?? new ScriptedAnswer();
        var usage = script.Usage ?? new ScriptedUsage { InputTokens = Words.CountPrompt(body.GetProperty("input")), OutputTokens = 1 };
        return Reply.Script(wire, script, () => new JsonObject
        {
            ["id"] = exchange.Id("resp_", 32),
            ["object"] = "response.compaction",
            ["created_at"] = exchange.CreatedAt,
            ["output"] = new JsonArray(new JsonObject
            {
                ["id"] = exchange.Id("cmp_", 32),
                ["type"] = "compaction",
                ["encrypted_content"] = exchange.Id("gAAAAAB", 32),
            }),
            ["usage"] = ResponseReply.UsageOf(usage),
        });
    }

    public static Prompt ReadPrompt(JsonElement body)
    {
        var instructions = Words.Count(body.Text("instructions") ?? "");
        if (body.Text("input") is { } text)
        {
            return new Prompt(instructions + Words.Count(text), text, null, Tool(body));
        }

        var items = body.Items("input").ToArray();
        var user = items.LastOrDefault(item => item.Text("role") == "user");
        return new Prompt(
            instructions + Words.CountPrompt(body.GetProperty("input")),
            user.ContentText(),
            items[^1].Text("type") is "function_call_output" or "custom_tool_call_output"
                ? items[^1].Text("output") ?? string.Concat(items[^1].Items("output").Select(part => part.Text("text")))
                : null,
            Tool(body));
    }

    private static string? Tool(JsonElement body) => body.Items("tools").Select(tool => tool.Text("name")).FirstOrDefault();
}
