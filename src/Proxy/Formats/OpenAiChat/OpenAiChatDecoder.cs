using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>A chat completion into neutral events. Lenient: compatible servers leave out, repeat and misspell what OpenAI does not.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions streaming, read 2026-11.</remarks>
/// <param name="candidate">Which choice to read; null: there is one.</param>
internal sealed class OpenAiChatDecoder(int? candidate) : AnswerDecoder
{
    private const int ThinkingKey = -1;
    private const int TextKey = -2;
    private const int RefusalKey = -3;

    private readonly List<Call> _calls = [];
    private int _round;
    private string _answerId = "";

    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            Finish();
            return Verdict();
        }

        var json = JsonElement.Parse(data);
        if (json.Get("error").ValueKind != JsonValueKind.Undefined)
        {
            Failure = ErrorBody.Read(data, OpenAiErrors.Read);
            return EventVerdict.Failed;
        }

        ReadUsage(json);
        _answerId = json.Text("id") ?? _answerId;
        foreach (var choice in Choices(json))
        {
            Sequence.Start(json.Text("id"));
            ReadDelta(choice.Get("delta"), choice.Get("logprobs").Get("content"));
            ReadReason(choice.Text("finish_reason"));
        }

        return Verdict();
    }

    protected override void ReadMessage(ReadOnlySpan<byte> body) => ReadParsed(JsonElement.Parse(body), body);

    public override void ReadParsed(JsonElement json, ReadOnlySpan<byte> body)
    {
        if (json.Get("error").ValueKind != JsonValueKind.Undefined)
        {
            Failure = ErrorBody.Read(body, OpenAiErrors.Read);
            return;
        }

        ReadUsage(json);
        _answerId = json.Text("id") ?? "";
        foreach (var choice in Choices(json).Take(1))
        {
            Sequence.Start(_answerId);
            ReadDelta(choice.Get("message"), choice.Get("logprobs").Get("content"));
            ReadReason(choice.Text("finish_reason"));
        }

        Finish();
    }

    public override void Finish()
    {
        EndCalls();
        base.Finish();
    }

    private IEnumerable<JsonElement> Choices(JsonElement json)
    {
        var choices = json.Items("choices");
        return candidate is null ? choices : CandidatesDecoder.Numbered(choices).Where(pair => pair.Number == candidate).Select(pair => pair.Candidate);
    }

    private void ReadDelta(JsonElement delta, JsonElement logprobs)
    {
        var thinking = delta.Text("reasoning_content") ?? delta.Text("reasoning") ?? delta.Text("reasoning_text");
        Write(ThinkingKey, BlockKind.Thinking, thinking);
        Write(TextKey, BlockKind.Text, delta.Text("content"), logprobs);
        Write(RefusalKey, BlockKind.Refusal, delta.Text("refusal"));
        var place = 0;
        foreach (var call in delta.Items("tool_calls"))
        {
            ReadCall(call, (int?)call.Integer("index"), place++);
        }

        if (delta.Object("function_call") is { } legacy)
        {
            ReadCall(JsonSerializer.SerializeToElement(new { function = legacy }), 0, 0);
        }
    }

    private void Write(int kind, BlockKind block, string? text, JsonElement logprobs = default)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (!Sequence.IsOpen(Key(kind)))
        {
            // Another kind of text begins: what was before it has ended.
            EndCalls();
            Sequence.EndAll();
            _round++;
            Sequence.Begin(Key(kind), block);
        }

        OutputBytes += System.Text.Encoding.UTF8.GetByteCount(text);
        Sequence.Delta(Key(kind), text, logprobs);
    }

    // Texts may alternate: each run is a block of its own.
    private int Key(int kind) => kind - (3 * _round);

    private void ReadCall(JsonElement json, int? index, int place)
    {
        var function = json.Get("function");
        var id = json.Text("id");
        var name = function.Text("name");
        var call = Find(index, id, name, place);
        call.Id = string.IsNullOrEmpty(call.Id) ? id ?? "" : call.Id;
        call.Name = string.IsNullOrEmpty(call.Name) ? name ?? "" : call.Name;
        var arguments = function.Get("arguments");
        call.Waiting += arguments.ValueKind == JsonValueKind.Object ? ToolArguments.Compact(arguments) : function.Text("arguments") ?? "";
        if (call.Name.Length > 0)
        {
            Release(call);
        }
    }

    /// <summary>The call that a piece belongs to: by its index, or, where servers leave that out, by its id or its place.</summary>
    private Call Find(int? index, string? id, string? name, int place)
    {
        var known = index is { } number
            ? _calls.FindLast(call => call.Index == number)
            : !string.IsNullOrEmpty(id) ? _calls.Find(call => call.Id == id)
            : string.IsNullOrEmpty(name) ? _calls.LastOrDefault() : null;

        // A new id and a new name under an index that is in use is another call, at servers that count nothing.
        var isAnother = known is not null && !string.IsNullOrEmpty(id) && known.Id.Length > 0 && known.Id != id && !string.IsNullOrEmpty(name);
        if (known is null || isAnother)
        {
            if (isAnother)
            {
                End(known!);
            }

            known = new Call(index ?? place, _calls.Count);
            _calls.Add(known);
        }

        return known;
    }

    private void Release(Call call)
    {
        if (!call.HasBegun)
        {
            call.HasBegun = true;
            Sequence.End(Key(ThinkingKey));
            Sequence.End(Key(TextKey));
            Sequence.End(Key(RefusalKey));

            // With the answer's id: the same tool may be called in every turn.
            var id = call.Id.Length > 0 ? call.Id : NeutralId.OfCall(0, call.Number, call.Name, _answerId);
            Sequence.Begin(call.Number, BlockKind.ToolCall, id, call.Name);
        }

        OutputBytes += System.Text.Encoding.UTF8.GetByteCount(call.Waiting);
        Sequence.Delta(call.Number, call.Waiting);
        call.Waiting = "";
    }

    private void EndCalls()
    {
        foreach (var call in _calls)
        {
            End(call);
        }
    }

    private void End(Call call)
    {
        if (call.HasBegun && !call.HasEnded)
        {
            call.HasEnded = true;
            Sequence.End(call.Number);
        }
    }

    private void ReadReason(string? reason)
    {
        if (string.IsNullOrEmpty(reason))
        {
            return;
        }

        EndCalls();
        Sequence.EndAll();
        Sequence.Reason(reason switch
        {
            "stop" => StopReason.End,
            "length" => StopReason.Length,
            "tool_calls" or "function_call" => StopReason.ToolCalls,
            "content_filter" => StopReason.ContentFilter,
            _ => StopReason.Other,
        });
    }

    private void ReadUsage(JsonElement json)
    {
        if (json.Object("usage") is { } usage)
        {
            var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(usage.GetRawText()));
            reader.Read();
            OpenAiUsage.Read(ref reader, ref Usage);
        }

        Usage.ServiceTier = json.Text("service_tier") ?? Usage.ServiceTier;
    }

    private sealed class Call(int index, int number)
    {
        public int Index { get; } = index;

        /// <summary>Its place among all calls of the answer.</summary>
        public int Number { get; } = number;

        public string Id { get; set; } = "";

        public string Name { get; set; } = "";

        /// <summary>Arguments that came before the name.</summary>
        public string Waiting { get; set; } = "";

        public bool HasBegun { get; set; }

        public bool HasEnded { get; set; }
    }
}
