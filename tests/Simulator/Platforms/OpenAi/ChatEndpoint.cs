using System.Text.Json;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>Chat completions, whole or streamed.</summary>
internal static class ChatEndpoint
{
    public static WireAnswer Answer(Exchange exchange, OpenAiWire wire, JsonElement body)
    {
        if (ChatRules.Check(exchange, body, out var model) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var prompt = ReadPrompt(body);
        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: true) ?? DefaultAnswer.For(prompt);
        var reply = new ChatReply(exchange, model!, script, prompt.Words)
        {
            Choices = body.Member("n")?.GetInt32() ?? 1,
            FiltersContent = wire.FiltersContent,
            IncludesUsage = body.Member("stream_options")?.IsTrue("include_usage") == true,
        };
        return Reply.Script(wire, script, reply.Whole, body.IsTrue("stream") ? reply.Events : null);
    }

    private static Prompt ReadPrompt(JsonElement body)
    {
        var messages = body.Items("messages").ToArray();
        var user = messages.LastOrDefault(message => message.Text("role") == "user");
        return new Prompt(
            Words.CountPrompt(body.GetProperty("messages")),
            user.ContentText(),
            messages[^1].Text("role") == "tool" ? messages[^1].ContentText() : null,
            body.Items("tools").Select(tool => tool.Member("function")?.Text("name")).FirstOrDefault());
    }
}
