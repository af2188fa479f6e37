using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>
/// A response into neutral events. What was said in deltas is said again in whole, in up to three events: it counts once, and whichever comes first is read.
/// </summary>
/// <remarks>Source: OpenAI API reference, Responses streaming events, read 2026-11.</remarks>
internal sealed class ResponsesDecoder : AnswerDecoder
{
    // Keys of the sequence: a message may hold several parts.
    private const int MostParts = 1000;

    // Reasoning has summaries and, at compatible servers, its text: both are pieces of one block.
    private const int FirstContent = 500;

    private readonly Dictionary<int, Item> _items = [];
    private string _id = "";

    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            return Verdict();
        }

        var json = JsonElement.Parse(data);
        var index = (int)(json.Integer("output_index") ?? 0);
        switch (json.Text("type"))
        {
            case "response.created" or "response.in_progress":
                _id = json.Get("response").Text("id") ?? _id; // It may still refuse: the answer starts with its first item.
                break;
            case "response.output_item.added":
                Sequence.Start(_id);
                Begin(index, json.Get("item"));
                break;
            case "response.output_text.delta":
                Write(index, Part(json, "content_index"), BlockKind.Text, json.Text("delta"), json.Get("logprobs"));
                break;
            case "response.output_text.done":
                WriteWhole(index, Part(json, "content_index"), BlockKind.Text, json.Text("text"), json.Get("logprobs"));
                break;
            case "response.refusal.delta":
                Write(index, Part(json, "content_index"), BlockKind.Refusal, json.Text("delta"));
                break;
            case "response.refusal.done":
                WriteWhole(index, Part(json, "content_index"), BlockKind.Refusal, json.Text("refusal"));
                break;
            case "response.reasoning_summary_text.delta":
                Write(index, Part(json, "summary_index"), BlockKind.Thinking, json.Text("delta"));
                break;
            case "response.reasoning_summary_text.done":
                WriteWhole(index, Part(json, "summary_index"), BlockKind.Thinking, json.Text("text"));
                break;
            case "response.reasoning_text.delta":
                Write(index, FirstContent + Part(json, "content_index"), BlockKind.Thinking, json.Text("delta"));
                break;
            case "response.reasoning_text.done":
                WriteWhole(index, FirstContent + Part(json, "content_index"), BlockKind.Thinking, json.Text("text"));
                break;
            case "response.function_call_arguments.delta":
                Write(index, 0, BlockKind.ToolCall, json.Text("delta"));
                break;
            case "response.function_call_arguments.done":
                WriteWhole(index, 0, BlockKind.ToolCall, json.Text("arguments"));
                break;
            case "response.custom_tool_call_input.done":
                WriteWhole(index, 0, BlockKind.ToolCall, Wrap(json.Text("input")));
                break;
            case "response.output_item.done":
                Sequence.Start(_id);
                End(index, json.Get("item"));
                break;
            case "response.completed" or "response.incomplete":
                ReadResponse(json.Get("response"));
                break;
            case "response.failed":
                Failure = ReadFailure(json.Get("response").Get("error"));
                return EventVerdict.Failed;
            case "error":
                Failure = ReadFailure(json.Object("error") ?? json);
                return EventVerdict.Failed;
            default:
                break;
        }

        return Verdict();
    }

    protected override void ReadMessage(ReadOnlySpan<byte> body)
    {
        var json = JsonElement.Parse(body);
        if (json.Text("status") == "failed" || json.Get("error").ValueKind != JsonValueKind.Undefined)
        {
            Failure = ReadFailure(json.Get("error"));
            return;
        }

        _id = json.Text("id") ?? "";
        ReadResponse(json);
    }

    private static int Part(JsonElement json, string name) => (int)Math.Clamp(json.Integer(name) ?? 0, 0, FirstContent - 1);

    private static string? Wrap(string? input) => input is null ? null : ToolArguments.Compact(ToolArguments.WrapInput(input));

    private static Failure ReadFailure(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            return new Failure(FailureKind.Server, "The upstream failed without a message.");
        }

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(error.GetRawText()));
        reader.Read();
        return OpenAiErrors.Read(ref reader);
    }

    private Item ItemAt(int index)
    {
        if (!_items.TryGetValue(index, out var item))
        {
            _items[index] = item = new Item();
        }

        return item;
    }

    /// <summary>A call begins here; text and reasoning begin with their first piece, since there may be none.</summary>
    private void Begin(int index, JsonElement json)
    {
        if (json.Text("type") is "function_call" or "custom_tool_call")
        {
            var name = ResponsesTools.FullName(json.Text("namespace"), json.Text("name") ?? "");
            var id = json.Text("call_id") is { Length: > 0 } given ? given : NeutralId.OfCall(0, index, name, "");
            Sequence.Begin(index * MostParts, BlockKind.ToolCall, id, name);
            ItemAt(index).HasBegun = true;
        }
    }

    private void Write(int index, int part, BlockKind kind, string? text, JsonElement logprobs = default)
    {
        var item = ItemAt(index);
        if (item.HasEnded || string.IsNullOrEmpty(text))
        {
            return;
        }

        Sequence.Start(_id);
        var isThinking = kind == BlockKind.Thinking;
        var key = (index * MostParts) + (isThinking ? 0 : part);
        if (!Sequence.IsOpen(key))
        {
            if (kind == BlockKind.ToolCall)
            {
                return; // A call that never began has no name.
            }

            Sequence.Begin(key, kind);
        }

        if (item.Written.Add(part) && isThinking && item.Written.Count > 1)
        {
            text = $"\n\n{text}"; // Summaries are paragraphs.
        }

        OutputBytes += Encoding.UTF8.GetByteCount(text);
        Sequence.Delta(key, text, logprobs);
    }

    /// <summary>The whole text of a part, for those whose deltas did not come.</summary>
    private void WriteWhole(int index, int part, BlockKind kind, string? text, JsonElement logprobs = default)
    {
        if (!ItemAt(index).Written.Contains(part))
        {
            Write(index, part, kind, text, logprobs);
        }

        if (kind is BlockKind.Text or BlockKind.Refusal)
        {
            Sequence.End((index * MostParts) + part);
        }
    }

    private void End(int index, JsonElement json)
    {
        var item = ItemAt(index);
        if (item.HasEnded)
        {
            return;
        }

        switch (json.Text("type"))
        {
            case "message":
                var place = 0;
                foreach (var part in json.Items("content"))
                {
                    var isRefusal = part.Text("type") == "refusal";
                    WriteWhole(index, place++, isRefusal ? BlockKind.Refusal : BlockKind.Text, part.Text(isRefusal ? "refusal" : "text"), part.Get("logprobs"));
                }

                break;
            case "function_call" or "custom_tool_call":
                if (!item.HasBegun)
                {
                    Begin(index, json);
                }

                WriteWhole(index, 0, BlockKind.ToolCall, json.Text("arguments") ?? Wrap(json.Text("input")));
                break;
            case "reasoning":
                EndReasoning(index, json);
                break;
            default:
                break; // What runs at the platform is no call to the client, and no text.
        }

        item.HasEnded = true;
        Sequence.End(index * MostParts);
        foreach (var part in item.Written)
        {
            Sequence.End((index * MostParts) + part);
        }
    }

    private void EndReasoning(int index, JsonElement json)
    {
        var place = 0;
        foreach (var summary in json.Items("summary"))
        {
            WriteWhole(index, place++, BlockKind.Thinking, summary.Text("text"));
        }

        place = FirstContent;
        foreach (var content in json.Items("content"))
        {
            WriteWhole(index, place++, BlockKind.Thinking, content.Text("text"));
        }

        if (json.Text("encrypted_content") is { Length: > 0 } encrypted)
        {
            Sequence.Begin(index * MostParts, BlockKind.Thinking); // Nothing, if it is open.
            Sequence.Sign(index * MostParts, encrypted);
        }
    }

    private void ReadResponse(JsonElement response)
    {
        Sequence.Start(_id);
        var index = 0;
        foreach (var item in response.Items("output"))
        {
            End(index++, item);
        }

        if (response.Object("usage") is { } usage)
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(usage.GetRawText()));
            reader.Read();
            OpenAiUsage.Read(ref reader, ref Usage);
        }

        Usage.ServiceTier = response.Text("service_tier") ?? Usage.ServiceTier;
        Sequence.EndAll();
        Sequence.Reason(response.Get("incomplete_details").Text("reason") switch
        {
            "max_output_tokens" => StopReason.Length,
            "content_filter" => StopReason.ContentFilter,
            null when response.Text("status") != "incomplete" => StopReason.End,
            _ => StopReason.Other,
        });
        Finish();
    }

    private sealed class Item
    {
        /// <summary>A call that has a name.</summary>
        public bool HasBegun { get; set; }

        public bool HasEnded { get; set; }

        /// <summary>Parts of which something was read.</summary>
        public HashSet<int> Written { get; } = [];
    }
}
