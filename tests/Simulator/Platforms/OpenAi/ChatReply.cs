using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>One chat completion in both its forms, with the same ids and figures.</summary>
internal sealed class ChatReply(Exchange exchange, OpenAiModel model, ScriptedAnswer script, int promptWords)
{
    private const string Done = "[DONE]";

    public int Choices { get; init; } = 1;

    public bool IncludesUsage { get; init; }

    /// <summary>Azure's: results of its content filter, also in a first chunk that has no choices.</summary>
    public bool FiltersContent { get; init; }

    private string FinishReason => script.StopReason ?? (ToolCalls.Any() ? "tool_calls" : "stop");

    private string ServiceTier => script.Usage?.ServiceTier ?? "default";

    private IEnumerable<ToolCallPart> ToolCalls => script.Parts.OfType<ToolCallPart>();

    private bool HasText => script.Parts.Any(part => part is TextPart);

    public JsonObject Whole()
    {
        var whole = new JsonObject
        {
            ["id"] = exchange.Id("chatcmpl-", 29),
            ["object"] = "chat.completion",
            ["created"] = exchange.CreatedAt,
            ["model"] = model.Snapshot,
            ["choices"] = Enumerable.Range(0, Choices).Select(index => Filtered(new JsonObject
            {
                ["index"] = index,
                ["message"] = Message(),
                ["logprobs"] = null,
                ["finish_reason"] = FinishReason,
            })).ToJsonArray(),
        };
        if (FiltersContent)
        {
            whole["prompt_filter_results"] = PromptFilter();
        }

        if (Usage() is { } usage)
        {
            whole["usage"] = usage;
        }

        whole["service_tier"] = ServiceTier;
        whole["system_fingerprint"] = "fp_simulated";
        return whole;
    }

    public IEnumerable<ServerEvent> Events()
    {
        if (FiltersContent)
        {
            yield return OpenAiWire.Event(new JsonObject
            {
                ["choices"] = new JsonArray(),
                ["created"] = 0,
                ["id"] = "",
                ["model"] = "",
                ["object"] = "",
                ["prompt_filter_results"] = PromptFilter(),
            });
        }

        foreach (var delta in Deltas())
        {
            for (var index = 0; index < Choices; index++)
            {
                yield return OpenAiWire.Event(Chunk(Choice(index, delta(), null)));
            }
        }

        for (var index = 0; index < Choices; index++)
        {
            yield return OpenAiWire.Event(Chunk(Choice(index, [], FinishReason)));
        }

        if (IncludesUsage && Usage() is { } usage)
        {
            var last = Chunk([]);
            last["usage"] = usage;
            yield return OpenAiWire.Event(last);
        }

        if (!script.OmitsTerminalEvent)
        {
            yield return new ServerEvent(null, Done);
        }
    }

    /// <summary>Functions, because a JSON node has one parent only and each choice needs its own.</summary>
    private IEnumerable<Func<JsonObject>> Deltas()
    {
        yield return () => new JsonObject { ["role"] = "assistant", ["content"] = HasText ? "" : null, ["refusal"] = null };

        var toolIndex = 0;
        foreach (var part in script.Parts)
        {
            switch (part)
            {
                case TextPart text:
                    foreach (var piece in Pieces.Of(text.Pieces, script.Chunks))
                    {
                        yield return () => new JsonObject { ["content"] = piece };
                    }

                    break;

                case ThinkingPart thinking:
                    foreach (var piece in Pieces.Of(thinking.Pieces, script.Chunks))
                    {
                        yield return () => new JsonObject { ["reasoning_content"] = piece };
                    }

                    break;

                case ToolCallPart call:
                    var index = toolIndex++;
                    yield return () => ToolDelta(new JsonObject
                    {
                        ["index"] = index,
                        ["id"] = ToolCallId(call, index),
                        ["type"] = "function",
                        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = "" },
                    });
                    foreach (var fragment in Fragments(call))
                    {
                        yield return () =>
                            ToolDelta(new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = fragment } });
                    }

                    break;
            }
        }
    }

    private static JsonObject ToolDelta(JsonObject call) => new() { ["tool_calls"] = new JsonArray(call) };

    /// <summary>A call without arguments still streams an empty object.</summary>
    private static IReadOnlyList<string> Fragments(ToolCallPart call) => call.Arguments.Count > 0 ? call.Arguments : ["{}"];

    private string ToolCallId(ToolCallPart call, int index) => call.Id ?? exchange.Id("call_", 24, index);

    private JsonObject Message()
    {
        var message = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = HasText ? string.Concat(script.Parts.OfType<TextPart>().SelectMany(text => text.Pieces)) : null,
        };
        if (script.Parts.Any(part => part is ThinkingPart))
        {
            message["reasoning_content"] = string.Concat(script.Parts.OfType<ThinkingPart>().SelectMany(thinking => thinking.Pieces));
        }

        if (ToolCalls.Any())
        {
            message["tool_calls"] = ToolCalls.Select((call, index) => new JsonObject
            {
                ["id"] = ToolCallId(call, index),
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = string.Concat(Fragments(call)) },
            }).ToJsonArray();
        }

        message["refusal"] = null;
        message["annotations"] = new JsonArray();
        return message;
    }

    private JsonObject Choice(int index, JsonObject delta, string? finishReason) =>
        Filtered(new() { ["index"] = index, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finishReason });

    private JsonObject Filtered(JsonObject choice)
    {
        if (FiltersContent)
        {
            choice["content_filter_results"] = FilterResults.Of();
        }

        return choice;
    }

    private static JsonArray PromptFilter() => new(new JsonObject { ["prompt_index"] = 0, ["content_filter_results"] = FilterResults.Of() });

    private JsonObject Chunk(params JsonObject[] choices)
    {
        var chunk = new JsonObject
        {
            ["id"] = exchange.Id("chatcmpl-", 29),
            ["object"] = "chat.completion.chunk",
            ["created"] = exchange.CreatedAt,
            ["model"] = model.Snapshot,
            ["service_tier"] = ServiceTier,
            ["system_fingerprint"] = "fp_simulated",
            ["choices"] = choices.ToJsonArray(),
        };
        if (IncludesUsage)
        {
            chunk["usage"] = null;
        }

        return chunk;
    }

    /// <summary>Null when the script leaves it out. The input counts cached tokens, the output counts reasoning.</summary>
    private JsonObject? Usage()
    {
        if (!script.ReportsUsage)
        {
            return null;
        }

        var usage = script.Usage ?? DefaultUsage.For(script, promptWords, Choices);
        var promptDetails = new JsonObject { ["cached_tokens"] = usage.CacheReadTokens, ["audio_tokens"] = 0 };
        if (usage.CacheWriteTokens > 0)
        {
            promptDetails["cache_write_tokens"] = usage.CacheWriteTokens;
        }

        return new JsonObject
        {
            ["prompt_tokens"] = usage.TotalInputTokens,
            ["completion_tokens"] = usage.OutputTokens,
            ["total_tokens"] = usage.TotalInputTokens + usage.OutputTokens,
            ["prompt_tokens_details"] = promptDetails,
            ["completion_tokens_details"] = new JsonObject
            {
                ["reasoning_tokens"] = usage.ReasoningTokens,
                ["audio_tokens"] = 0,
                ["accepted_prediction_tokens"] = 0,
                ["rejected_prediction_tokens"] = 0,
            },
        };
    }
}
