using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Http;
using Simulator.Platforms.Claude;

namespace Simulator.Platforms.Bedrock;

/// <summary>InvokeModel of Claude models, whole or streamed, and their token counts.</summary>
internal static class InvokeEndpoint
{
    public static WireAnswer Answer(Exchange exchange, BedrockModel model, JsonElement body, bool isStream)
    {
        var wire = new InvokeWire(exchange);
        if (InvokeRules.Check(model, body) is { } refusal)
        {
            return BedrockPlatform.Refuse(wire, exchange, refusal);
        }

        var prompt = MessageEndpoint.ReadPrompt(body);
        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: true) ?? DefaultAnswer.For(prompt);
        var reply = new MessageReply(exchange, model.Claude!, script, prompt.Words);
        return BedrockPlatform.Script(wire, script, Reply.Script(wire, script, reply.Whole, isStream ? () => WithMetrics(reply.Events()) : null));
    }

    public static WireAnswer Count(Exchange exchange, BedrockModel model, JsonElement body)
    {
        var wire = new BedrockWire(exchange);
        if (model.HasProfile)
        {
            return BedrockPlatform.Refuse(wire, exchange, BedrockErrors.Invalid("The provided model doesn't support counting tokens."));
        }

        if (body.Member("input")?.Member("invokeModel")?.Member("body") is not { ValueKind: JsonValueKind.String } encoded || !encoded.TryGetBytesFromBase64(out var bytes))
        {
            return BedrockPlatform.Refuse(wire, exchange, BedrockErrors.Invalid("input.invokeModel.body is required."));
        }

        var inner = JsonElement.Parse(bytes);
        if (InvokeRules.Check(model, inner) is { } refusal)
        {
            return BedrockPlatform.Refuse(wire, exchange, refusal);
        }

        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: false) ?? new ScriptedAnswer();
        var tokens = script.Usage?.TotalInputTokens ?? Math.Max(1, MessageEndpoint.ReadPrompt(inner).Words);
        return BedrockPlatform.Script(wire, script, Reply.Script(wire, script, () => new JsonObject { ["inputTokens"] = tokens }));
    }

    /// <summary>The last event carries figures of Bedrock's own, which are no part of Claude's format.</summary>
    private static IEnumerable<ServerEvent> WithMetrics(IEnumerable<ServerEvent> events)
    {
        foreach (var next in events)
        {
            if (next.Name != "message_stop")
            {
                yield return next;
                continue;
            }

            var json = JsonNode.Parse(next.Data)!.AsObject();
            json["amazon-bedrock-invocationMetrics"] = new JsonObject
            {
                ["inputTokenCount"] = 1,
                ["outputTokenCount"] = 1,
                ["invocationLatency"] = 12,
                ["firstByteLatency"] = 3,
            };
            yield return next with { Data = WireJson.Compact(json) };
        }
    }
}
