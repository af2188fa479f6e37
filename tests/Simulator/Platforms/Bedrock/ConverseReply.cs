using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.Bedrock;

/// <summary>One answer in both its forms, with the same figures.</summary>
internal sealed class ConverseReply(ScriptedAnswer script, int promptWords, Exchange exchange)
{
    private readonly ScriptedUsage _usage = script.Usage ?? DefaultUsage.For(script, promptWords);

    private string StopReason => script.StopReason ?? (script.Parts.Any(part => part is ToolCallPart) ? "tool_use" : "end_turn");

    public JsonObject Whole()
    {
        var answer = new JsonObject
        {
            ["metrics"] = new JsonObject { ["latencyMs"] = 12 },
            ["output"] = new JsonObject
            {
                ["message"] = new JsonObject { ["content"] = script.Parts.Select(Block).ToJsonArray(), ["role"] = "assistant" },
            },
            ["stopReason"] = StopReason,
        };
        if (script.ReportsUsage)
        {
            answer["usage"] = Usage();
        }

        return answer;
    }

    /// <summary>Only calls say that they begin; usage comes last, behind the reason.</summary>
    public IEnumerable<ServerEvent> Events()
    {
        yield return Event("messageStart", new JsonObject { ["role"] = "assistant" });
        for (var index = 0; index < script.Parts.Length; index++)
        {
            if (script.Parts[index] is ToolCallPart call)
            {
                yield return Event("contentBlockStart", new JsonObject
                {
                    ["contentBlockIndex"] = index,
                    ["start"] = new JsonObject { ["toolUse"] = new JsonObject { ["name"] = call.Name, ["toolUseId"] = Id(call, index) } },
                });
            }

            foreach (var delta in Deltas(script.Parts[index]))
            {
                yield return Event("contentBlockDelta", new JsonObject { ["contentBlockIndex"] = index, ["delta"] = delta });
            }

            yield return Event("contentBlockStop", new JsonObject { ["contentBlockIndex"] = index });
        }

        if (script.OmitsTerminalEvent)
        {
            yield break;
        }

        yield return Event("messageStop", new JsonObject { ["stopReason"] = StopReason });
        var metadata = new JsonObject { ["metrics"] = new JsonObject { ["latencyMs"] = 12 } };
        if (script.ReportsUsage)
        {
            metadata["usage"] = Usage();
        }

        yield return Event("metadata", metadata);
    }

    /// <summary>Events are padded, so that their length says nothing of what they hold.</summary>
    private static ServerEvent Event(string type, JsonObject payload)
    {
        payload["p"] = "abcdefghij";
        return new ServerEvent(type, WireJson.Compact(payload));
    }

    private string Id(ToolCallPart call, int index) => call.Id ?? exchange.Id("tooluse_", 22, index);

    private JsonObject Block(AnswerPart part, int index) => part switch
    {
        TextPart text => new JsonObject { ["text"] = string.Concat(text.Pieces) },
        ThinkingPart thinking => new JsonObject
        {
            ["reasoningContent"] = new JsonObject
            {
                ["reasoningText"] = Signed(new JsonObject { ["text"] = string.Concat(thinking.Pieces) }, thinking.Signature),
            },
        },
        RedactedThinkingPart redacted => new JsonObject { ["reasoningContent"] = new JsonObject { ["redactedContent"] = redacted.Data } },
        ToolCallPart call => new JsonObject
        {
            ["toolUse"] = new JsonObject
            {
                ["input"] = JsonNode.Parse(string.Concat(call.Arguments) is { Length: > 0 } arguments ? arguments : "{}"),
                ["name"] = call.Name,
                ["toolUseId"] = Id(call, index),
            },
        },
        _ => throw new NotSupportedException($"Converse has no block for a {part.GetType().Name}."),
    };

    private static JsonObject Signed(JsonObject text, string? signature)
    {
        if (signature is not null)
        {
            text["signature"] = signature;
        }

        return text;
    }

    private IEnumerable<JsonObject> Deltas(AnswerPart part) => part switch
    {
        TextPart text => Pieces.Of(text.Pieces, script.Chunks).Select(piece => new JsonObject { ["text"] = piece }),
        ThinkingPart thinking => Pieces.Of(thinking.Pieces, script.Chunks).Select(piece => Reasoning("text", piece))
            .Concat(thinking.Signature is { } signature ? [Reasoning("signature", signature)] : []),
        RedactedThinkingPart redacted => [Reasoning("redactedContent", redacted.Data)],
        ToolCallPart call => call.Arguments.Select(piece => new JsonObject { ["toolUse"] = new JsonObject { ["input"] = piece } }),
        _ => [],
    };

    private static JsonObject Reasoning(string kind, string value) => new() { ["reasoningContent"] = new JsonObject { [kind] = value } };

    private JsonObject Usage()
    {
        var usage = new JsonObject
        {
            ["inputTokens"] = _usage.InputTokens,
            ["outputTokens"] = _usage.OutputTokens,
            ["totalTokens"] = _usage.TotalInputTokens + _usage.OutputTokens,
        };
        if (_usage.CacheReadTokens + _usage.CacheWriteTokens > 0)
        {
            usage["cacheReadInputTokens"] = _usage.CacheReadTokens;
            usage["cacheWriteInputTokens"] = _usage.CacheWriteTokens;
            usage["cacheDetails"] = new JsonArray(
                new JsonObject { ["inputTokens"] = _usage.CacheWrite5mTokens, ["ttl"] = "5m" }, new JsonObject { ["inputTokens"] = _usage.CacheWrite1hTokens, ["ttl"] = "1h" });
        }

        return usage;
    }
}
