using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>One response in both its forms, with the same ids and figures.</summary>
internal sealed class ResponseReply(Exchange exchange, OpenAiModel model, JsonElement request, ScriptedAnswer script, int promptWords)
{
    private int _number;

    private string Status => script.StopReason is null or "completed" ? "completed" : "incomplete";

    private bool HasSummaries => request.Member("reasoning")?.Text("summary") is not null;

    private bool HasEncryptedContent => request.Items("include").Any(item => item.ValueKind == JsonValueKind.String && item.GetString() == "reasoning.encrypted_content");

    public JsonObject Whole() => Response(Status, script.Parts.Select((part, index) => Item(part, index, "completed")).OfType<JsonNode>().ToJsonArray(), Usage());

    public IEnumerable<ServerEvent> Events()
    {
        yield return Event("response.created", new JsonObject { ["response"] = Response("in_progress", [], null) });
        yield return Event("response.in_progress", new JsonObject { ["response"] = Response("in_progress", [], null) });
        for (var index = 0; index < script.Parts.Length; index++)
        {
            foreach (var next in PartEvents(script.Parts[index], index))
            {
                yield return next;
            }
        }

        if (!script.OmitsTerminalEvent)
        {
            yield return Event(Status == "completed" ? "response.completed" : "response.incomplete", new JsonObject { ["response"] = Whole() });
        }
    }

    public ServerEvent Failed(string code, string message)
    {
        var response = Response("failed", [], null);
        response["error"] = new JsonObject { ["code"] = code, ["message"] = message };
        _number = script.FailureAfterEvent ?? 0; // The event is made before those that it follows.
        var failed = Event("response.failed", new JsonObject { ["response"] = response });
        _number = 0;
        return failed;
    }

    private IEnumerable<ServerEvent> PartEvents(AnswerPart part, int index)
    {
        var id = Id(part, index);
        yield return Event("response.output_item.added", new JsonObject { ["output_index"] = index, ["item"] = Item(part, index, "in_progress") });
        switch (part)
        {
            case TextPart text:
                yield return Of("response.content_part.added", ("content_index", 0), ("part", TextContent("")));
                foreach (var piece in Pieces.Of(text.Pieces, script.Chunks))
                {
                    yield return Of("response.output_text.delta", ("content_index", 0), ("delta", piece), ("logprobs", new JsonArray()));
                }

                yield return Of("response.output_text.done", ("content_index", 0), ("text", string.Concat(text.Pieces)), ("logprobs", new JsonArray()));
                yield return Of("response.content_part.done", ("content_index", 0), ("part", TextContent(string.Concat(text.Pieces))));
                break;

            case ThinkingPart thinking when HasSummaries:
                yield return Of("response.reasoning_summary_part.added", ("summary_index", 0), ("part", Summary("")));
                foreach (var piece in Pieces.Of(thinking.Pieces, script.Chunks))
                {
                    yield return Of("response.reasoning_summary_text.delta", ("summary_index", 0), ("delta", piece));
                }

                yield return Of("response.reasoning_summary_text.done", ("summary_index", 0), ("text", string.Concat(thinking.Pieces)));
                yield return Of("response.reasoning_summary_part.done", ("summary_index", 0), ("part", Summary(string.Concat(thinking.Pieces))));
                break;

            case ToolCallPart call when IsCustom(call):
                foreach (var fragment in call.Arguments)
                {
                    yield return Of("response.custom_tool_call_input.delta", ("delta", fragment));
                }

                yield return Of("response.custom_tool_call_input.done", ("input", string.Concat(call.Arguments)));
                break;

            case ToolCallPart call:
                foreach (var fragment in Fragments(call))
                {
                    yield return Of("response.function_call_arguments.delta", ("delta", fragment));
                }

                yield return Of("response.function_call_arguments.done", ("name", call.Name), ("arguments", string.Concat(Fragments(call))));
                break;
        }

        yield return Event("response.output_item.done", new JsonObject { ["output_index"] = index, ["item"] = Item(part, index, "completed") });

        ServerEvent Of(string type, params ReadOnlySpan<(string Name, JsonNode Value)> members)
        {
            var data = new JsonObject { ["item_id"] = id, ["output_index"] = index };
            foreach (var (name, value) in members)
            {
                data[name] = value;
            }

            return Event(type, data);
        }
    }

    private static JsonObject TextContent(string text) =>
        new() { ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(), ["text"] = text };

    private static JsonObject Summary(string text) => new() { ["type"] = "summary_text", ["text"] = text };

    /// <summary>A call without arguments still has an empty object.</summary>
    private static IReadOnlyList<string> Fragments(ToolCallPart call) => call.Arguments.Count > 0 ? call.Arguments : ["{}"];

    private bool IsCustom(ToolCallPart call) => request.Items("tools").Any(tool => tool.Text("type") == "custom" && tool.Text("name") == call.Name);

    private string Id(AnswerPart part, int index) => exchange.Id(
        part switch
        {
            ThinkingPart => "rs_",
            ToolCallPart call => IsCustom(call) ? "ctc_" : "fc_",
            _ => "msg_",
        },
        32,
        index);

    /// <param name="status"><c>in_progress</c> leaves out what is still to be streamed.</param>
    private JsonObject? Item(AnswerPart part, int index, string status)
    {
        var isWhole = status == "completed";
        switch (part)
        {
            case TextPart text:
                return new JsonObject
                {
                    ["id"] = Id(part, index),
                    ["type"] = "message",
                    ["status"] = status,
                    ["content"] = isWhole ? new JsonArray(TextContent(string.Concat(text.Pieces))) : [],
                    ["role"] = "assistant",
                };

            case ThinkingPart thinking:
                var reasoning = new JsonObject
                {
                    ["id"] = Id(part, index),
                    ["type"] = "reasoning",
                    ["summary"] = isWhole && HasSummaries ? new JsonArray(Summary(string.Concat(thinking.Pieces))) : [],
                };
                if (HasEncryptedContent)
                {
                    reasoning["encrypted_content"] = isWhole ? thinking.Signature ?? exchange.Id("gAAAAAB", 32, index) : "";
                }

                return reasoning;

            case ToolCallPart call:
                var isCustom = IsCustom(call);
                return new JsonObject
                {
                    ["id"] = Id(part, index),
                    ["type"] = isCustom ? "custom_tool_call" : "function_call",
                    ["status"] = status,
                    [isCustom ? "input" : "arguments"] = isWhole ? string.Concat(isCustom ? call.Arguments : Fragments(call)) : "",
                    ["call_id"] = call.Id ?? exchange.Id("call_", 24, index),
                    ["name"] = call.Name,
                };

            default:
                return null;
        }
    }

    private ServerEvent Event(string type, JsonObject members)
    {
        var data = new JsonObject { ["type"] = type, ["sequence_number"] = _number++ };
        foreach (var (name, value) in members)
        {
            data[name] = value?.DeepClone();
        }

        return new ServerEvent(type, WireJson.Compact(data));
    }

    private JsonObject Response(string status, JsonArray output, JsonObject? usage) => new()
    {
        ["id"] = exchange.Id("resp_", 32),
        ["object"] = "response",
        ["created_at"] = exchange.CreatedAt,
        ["status"] = status,
        ["background"] = false,
        ["error"] = null,
        ["incomplete_details"] = status == "incomplete" ? new JsonObject { ["reason"] = script.StopReason } : null,
        ["instructions"] = Echo("instructions"),
        ["max_output_tokens"] = Echo("max_output_tokens"),
        ["max_tool_calls"] = null,
        ["model"] = model.Snapshot,
        ["output"] = output,
        ["parallel_tool_calls"] = Echo("parallel_tool_calls") ?? true,
        ["previous_response_id"] = Echo("previous_response_id"),
        ["prompt_cache_key"] = Echo("prompt_cache_key"),
        ["reasoning"] = new JsonObject { ["effort"] = request.Member("reasoning")?.Text("effort"), ["summary"] = request.Member("reasoning")?.Text("summary") },
        ["safety_identifier"] = Echo("safety_identifier"),
        ["service_tier"] = script.Usage?.ServiceTier ?? "default",
        ["store"] = Echo("store") ?? true,
        ["temperature"] = Echo("temperature") ?? 1.0,
        ["text"] = Echo("text") ?? new JsonObject { ["format"] = new JsonObject { ["type"] = "text" }, ["verbosity"] = "medium" },
        ["tool_choice"] = Echo("tool_choice") ?? "auto",
        ["tools"] = Echo("tools") ?? new JsonArray(),
        ["top_logprobs"] = 0,
        ["top_p"] = Echo("top_p") ?? 1.0,
        ["truncation"] = "disabled",
        ["usage"] = usage,
        ["user"] = null,
        ["metadata"] = Echo("metadata") ?? new JsonObject(),
    };

    private JsonNode? Echo(string name) => request.Member(name) is { } value ? JsonNode.Parse(value.GetRawText()) : null;

    /// <summary>Null when the script leaves it out. The input counts cached tokens, the output counts reasoning.</summary>
    private JsonObject? Usage()
    {
        if (!script.ReportsUsage)
        {
            return null;
        }

        return UsageOf(script.Usage ?? DefaultUsage.For(script, promptWords));
    }

    public static JsonObject UsageOf(ScriptedUsage usage)
    {
        var details = new JsonObject { ["cached_tokens"] = usage.CacheReadTokens };
        if (usage.CacheWriteTokens > 0)
        {
            details["cache_write_tokens"] = usage.CacheWriteTokens;
        }

        return new JsonObject
        {
            ["input_tokens"] = usage.TotalInputTokens,
            ["input_tokens_details"] = details,
            ["output_tokens"] = usage.OutputTokens,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.ReasoningTokens },
            ["total_tokens"] = usage.TotalInputTokens + usage.OutputTokens,
        };
    }
}
