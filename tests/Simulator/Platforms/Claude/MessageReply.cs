using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.Claude;

/// <summary>One message in both its forms, with the same ids and figures.</summary>
internal sealed class MessageReply(Exchange exchange, ClaudeModel model, ScriptedAnswer script, int promptWords)
{
    private readonly ScriptedUsage _usage = script.Usage ?? DefaultUsage.For(script, promptWords);

    private string StopReason => script.StopReason ?? (script.Parts.Any(part => part is ToolCallPart) ? "tool_use" : "end_turn");

    public JsonObject Whole()
    {
        var message = Message([.. script.Parts.Select(Block)], StopReason, script.StopSequence);
        if (script.ReportsUsage)
        {
            message["usage"] = AddDetails(FullUsage(_usage.OutputTokens));
        }

        return message;
    }

    public IEnumerable<ServerEvent> Events()
    {
        var start = Message([], null, null);
        if (script.ReportsUsage)
        {
            start["usage"] = FullUsage(Math.Min(1, _usage.OutputTokens));
        }

        yield return ClaudeWire.Event(new JsonObject { ["type"] = "message_start", ["message"] = start });

        for (var index = 0; index < script.Parts.Length; index++)
        {
            var part = script.Parts[index];
            yield return ClaudeWire.Event(
                new JsonObject { ["type"] = "content_block_start", ["index"] = index, ["content_block"] = EmptyBlock(part, index) });
            if (index == 0)
            {
                yield return Ping();
            }

            foreach (var delta in Deltas(part))
            {
                yield return ClaudeWire.Event(new JsonObject { ["type"] = "content_block_delta", ["index"] = index, ["delta"] = delta });
            }

            yield return ClaudeWire.Event(new JsonObject { ["type"] = "content_block_stop", ["index"] = index });
        }

        if (script.Parts.IsEmpty)
        {
            yield return Ping();
        }

        yield return ClaudeWire.Event(MessageDelta());
        if (!script.OmitsTerminalEvent)
        {
            yield return ClaudeWire.Event(new JsonObject { ["type"] = "message_stop" });
        }
    }

    private static ServerEvent Ping() => ClaudeWire.Event(new JsonObject { ["type"] = "ping" });

    private JsonObject Message(JsonArray content, string? stopReason, string? stopSequence) => new()
    {
        ["model"] = model.Snapshot,
        ["id"] = exchange.Id("msg_01", 22),
        ["type"] = "message",
        ["role"] = "assistant",
        ["content"] = content,
        ["stop_reason"] = stopReason,
        ["stop_sequence"] = stopSequence,
    };

    private JsonObject MessageDelta()
    {
        var delta = new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = new JsonObject { ["stop_reason"] = StopReason, ["stop_sequence"] = script.StopSequence },
        };
        if (script.ReportsUsage)
        {
            var usage = InputUsage();
            usage["output_tokens"] = _usage.OutputTokens;
            delta["usage"] = AddDetails(usage);
        }

        return delta;
    }

    private JsonNode Block(AnswerPart part, int index) => part switch
    {
        TextPart text => new JsonObject { ["type"] = "text", ["text"] = string.Concat(text.Pieces) },
        ThinkingPart thinking => new JsonObject
        {
            ["type"] = "thinking",
            ["thinking"] = string.Concat(thinking.Pieces),
            ["signature"] = thinking.Signature ?? "",
        },
        ToolCallPart call => ToolUse(call, index, Input(string.Concat(call.Arguments))),
        _ => EmptyBlock(part, index),
    };

    private JsonObject EmptyBlock(AnswerPart part, int index) => part switch
    {
        TextPart => new JsonObject { ["type"] = "text", ["text"] = "" },
        ThinkingPart => new JsonObject { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" },
        RedactedThinkingPart redacted => new JsonObject { ["type"] = "redacted_thinking", ["data"] = redacted.Data },
        ToolCallPart call => ToolUse(call, index, []),
        _ => throw new NotSupportedException($"Claude has no block for a {part.GetType().Name}."),
    };

    private JsonObject ToolUse(ToolCallPart call, int index, JsonObject input) => new()
    {
        ["type"] = "tool_use",
        ["id"] = call.Id ?? exchange.Id("toolu_01", 22, index),
        ["name"] = call.Name,
        ["input"] = input,
        ["caller"] = new JsonObject { ["type"] = "direct" },
    };

    /// <summary>Scripted arguments may be broken on purpose; only a stream can show them.</summary>
    private static JsonObject Input(string arguments)
    {
        try
        {
            return JsonNode.Parse(arguments) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private IEnumerable<JsonObject> Deltas(AnswerPart part) => part switch
    {
        TextPart text => Pieces.Of(text.Pieces, script.Chunks)
            .Select(piece => new JsonObject { ["type"] = "text_delta", ["text"] = piece }),
        ThinkingPart thinking => ThinkingDeltas(thinking),

        // The first fragment of the platform is always empty.
        ToolCallPart call => call.Arguments.Prepend("")
            .Select(fragment => new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = fragment }),
        _ => [],
    };

    private IEnumerable<JsonObject> ThinkingDeltas(ThinkingPart thinking)
    {
        foreach (var piece in Pieces.Of(thinking.Pieces, script.Chunks))
        {
            yield return new JsonObject { ["type"] = "thinking_delta", ["thinking"] = piece };
        }

        if (thinking.Signature is { } signature)
        {
            yield return new JsonObject { ["type"] = "signature_delta", ["signature"] = signature };
        }
    }

    private JsonObject InputUsage() => new()
    {
        ["input_tokens"] = _usage.InputTokens,
        ["cache_creation_input_tokens"] = _usage.CacheWriteTokens,
        ["cache_read_input_tokens"] = _usage.CacheReadTokens,
    };

    private JsonObject FullUsage(long outputTokens)
    {
        var usage = InputUsage();
        usage["cache_creation"] = new JsonObject
        {
            ["ephemeral_5m_input_tokens"] = _usage.CacheWrite5mTokens,
            ["ephemeral_1h_input_tokens"] = _usage.CacheWrite1hTokens,
        };
        usage["output_tokens"] = outputTokens;
        usage["service_tier"] = _usage.ServiceTier ?? "standard";
        usage["inference_geo"] = _usage.Geo ?? "not_available";
        if (_usage.Speed is { } speed)
        {
            usage["speed"] = speed;
        }

        return usage;
    }

    private JsonObject AddDetails(JsonObject usage)
    {
        if (_usage.ReasoningTokens > 0)
        {
            usage["output_tokens_details"] = new JsonObject { ["thinking_tokens"] = _usage.ReasoningTokens };
        }

        if (_usage.WebSearches > 0)
        {
            usage["server_tool_use"] = new JsonObject { ["web_search_requests"] = _usage.WebSearches, ["web_fetch_requests"] = 0 };
        }

        return usage;
    }
}
