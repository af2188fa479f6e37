using System.Text.Json;
using Simulator.Http;

namespace Simulator.Platforms.Bedrock;

/// <summary>Converse, whole or streamed.</summary>
internal static class ConverseEndpoint
{
    public static WireAnswer Answer(Exchange exchange, BedrockWire wire, BedrockModel model, JsonElement body, bool isStream)
    {
        if (ConverseRules.Check(body, model) is { } refusal)
        {
            return BedrockPlatform.Refuse(wire, exchange, refusal);
        }

        var prompt = ReadPrompt(body);
        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: true) ?? DefaultAnswer.For(prompt);
        var reply = new ConverseReply(script, prompt.Words, exchange);
        return BedrockPlatform.Script(wire, script, Reply.Script(wire, script, reply.Whole, isStream ? reply.Events : null));
    }

    private static Prompt ReadPrompt(JsonElement body)
    {
        var messages = body.Items("messages").ToArray();
        var result = messages[^1].Items("content").Select(block => block.Member("toolResult")).FirstOrDefault(found => found is not null);
        var texts = messages.Where(message => message.Text("role") == "user").Select(Text).LastOrDefault(text => text.Length > 0) ?? "";
        return new Prompt(
            Words.CountPrompt(body.GetProperty("messages")) + (body.Member("system") is { } system ? Words.CountPrompt(system) : 0),
            texts,
            result is { } said ? Text(said) : null,
            body.Member("toolConfig")?.Items("tools").Select(tool => tool.Member("toolSpec")?.Text("name")).FirstOrDefault());
    }

    private static string Text(JsonElement holder) => string.Concat(holder.Items("content").Select(block => block.Text("text")));
}
