using System.Text;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.BedrockConverse;

/// <summary>A Converse answer into neutral events. A stream's events come with their type as name and without it in the data.</summary>
/// <remarks>Source: Amazon Bedrock API reference, Converse and ConverseStream, read 2026-11.</remarks>
internal sealed class ConverseDecoder : AnswerDecoder
{
    private const int NoBlock = -1;

    private int _nextKey;
    private int _openKey = NoBlock;
    private long _openIndex;
    private BlockKind _openKind;
    private bool _hasUsableContent;
    private bool _hasUsage;
    private bool _isMalformed;

    public override void Finish()
    {
        if (_isMalformed && !_hasUsableContent)
        {
            Failure ??= Malformed();
            return;
        }

        base.Finish();
    }

    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (name.SequenceEqual("exception"u8))
        {
            Failure = BedrockErrors.Read(null, data, 0);
            return EventVerdict.Failed;
        }

        var json = JsonElement.Parse(data);
        switch (Encoding.UTF8.GetString(name))
        {
            case "messageStart":
                Sequence.Start(null);
                break;
            case "contentBlockStart":
                ReadStart(Index(json), json.Get("start"));
                break;
            case "contentBlockDelta":
                ReadDelta(Index(json), json.Get("delta"));
                break;
            case "contentBlockStop":
                Close();
                break;
            case "messageStop":
                ReadReason(json);
                break;
            case "metadata":
                ReadUsage(json);
                break;
            default:
                break;
        }

        // Usage comes last as a rule, but has been seen before the reason.
        if (Sequence.HasReason && _hasUsage)
        {
            Finish();
        }

        return Failure is null ? Verdict() : EventVerdict.Failed;
    }

    protected override void ReadMessage(ReadOnlySpan<byte> body)
    {
        var json = JsonElement.Parse(body);
        if (json.Object("output") is not { } output)
        {
            Failure = new Failure(FailureKind.Server, "The upstream's answer has no message.");
            return;
        }

        Sequence.Start(null);
        var index = 0;
        foreach (var block in output.Get("message").Items("content"))
        {
            ReadBlock(index++, block);
        }

        ReadUsage(json);
        ReadReason(json);
        Finish();
    }

    private static long Index(JsonElement json) => json.Integer("contentBlockIndex") ?? 0;

    private static Failure Malformed() => new(FailureKind.Server, "The model wrote something that could not be read as an answer.");

    private void ReadBlock(long index, JsonElement block)
    {
        if (block.Object("toolUse") is { } call)
        {
            Open(index, BlockKind.ToolCall, call.Text("toolUseId") ?? "", call.Text("name") ?? "");
            Write(ToolArguments.Compact(call.Object("input") ?? ToolArguments.Parse("")));
        }
        else if (block.Object("reasoningContent") is { } reasoning)
        {
            ReadReasoning(index, reasoning.Object("reasoningText") ?? reasoning);
        }
        else
        {
            foreach (var text in block.Object("citationsContent") is { } cited ? cited.Items("content") : [block])
            {
                WriteText(index, text.Text("text"));
            }
        }

        Close();
    }

    private void ReadStart(long index, JsonElement start)
    {
        if (start.Object("toolUse") is { } call)
        {
            Open(index, BlockKind.ToolCall, call.Text("toolUseId") ?? "", call.Text("name") ?? "");
        }
    }

    private void ReadDelta(long index, JsonElement delta)
    {
        if (delta.Object("toolUse") is { } call)
        {
            Open(index, BlockKind.ToolCall);
            Write(call.Text("input") ?? "");
        }
        else if (delta.Object("reasoningContent") is { } reasoning)
        {
            ReadReasoning(index, reasoning);
        }
        else
        {
            WriteText(index, delta.Text("text"));
        }
    }

    private void ReadReasoning(long index, JsonElement reasoning)
    {
        if (reasoning.Text("redactedContent") is { } redacted)
        {
            Open(index, BlockKind.RedactedThinking);
            Sequence.Sign(_openKey, redacted);
            return;
        }

        Open(index, BlockKind.Thinking);
        Write(reasoning.Text("text") ?? "");
        Sequence.Sign(_openKey, reasoning.Text("signature") ?? "");
    }

    private void WriteText(long index, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            Open(index, BlockKind.Text);
            Write(text);
        }
    }

    /// <summary>Only calls say that they begin; and a block that never said that it ended ends where another begins.</summary>
    private void Open(long index, BlockKind kind, string id = "", string name = "")
    {
        if (_openKey != NoBlock && _openIndex == index && _openKind == kind)
        {
            return;
        }

        Close();
        _openKey = _nextKey++;
        _openIndex = index;
        _openKind = kind;
        _hasUsableContent |= kind is BlockKind.Text or BlockKind.ToolCall;
        Sequence.Begin(_openKey, kind, id, name);
    }

    private void Write(string text)
    {
        OutputBytes += Encoding.UTF8.GetByteCount(text);
        Sequence.Delta(_openKey, text);
    }

    private void Close()
    {
        if (_openKey != NoBlock)
        {
            Sequence.End(_openKey);
            _openKey = NoBlock;
        }
    }

    private void ReadReason(JsonElement json)
    {
        if (json.Text("stopReason") is not { } reason)
        {
            return;
        }

        Close();
        _isMalformed = reason is "malformed_model_output" or "malformed_tool_use";
        Sequence.Start(null);
        Sequence.Reason(
            reason switch
            {
                "end_turn" => StopReason.End,
                "stop_sequence" => StopReason.StopSequence,
                "tool_use" => StopReason.ToolCalls,
                "max_tokens" => StopReason.Length,
                "model_context_window_exceeded" => StopReason.ContextLength,
                "content_filtered" or "guardrail_intervened" => StopReason.ContentFilter,
                _ when _isMalformed => StopReason.Malformed,
                _ => StopReason.Other,
            },
            json.Get("additionalModelResponseFields").Get("delta").Text("stop_sequence"));
    }

    private void ReadUsage(JsonElement json)
    {
        if (json.Object("usage") is { } usage)
        {
            ConverseUsage.Read(usage, ref Usage);
            _hasUsage = true;
        }

        Usage.ServiceTier = json.Get("serviceTier").Text("type") ?? Usage.ServiceTier;
    }
}
