using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>A Claude answer into neutral events.</summary>
/// <remarks>Source: Anthropic API reference, Messages streaming, anthropic-version 2023-06-01, read 2026-11.</remarks>
internal sealed class ClaudeDecoder : AnswerDecoder
{
    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var json = JsonElement.Parse(data);
        switch (json.Text("type"))
        {
            case "message_start":
                ReadUsage(json.Get("message").Get("usage"));
                Sequence.Start(json.Get("message").Text("id"));
                break;
            case "content_block_start":
                Begin(Index(json), json.Get("content_block"));
                break;
            case "content_block_delta":
                ReadDelta(Index(json), json.Get("delta"));
                break;
            case "content_block_stop":
                Sequence.End(Index(json));
                break;
            case "message_delta":
                ReadUsage(json.Get("usage"));
                ReadReason(json.Get("delta"));
                break;
            case "message_stop":
                Finish();
                break;
            case "error":
                Failure = ErrorOf(data);
                return EventVerdict.Failed;
            default:
                break;
        }

        return Verdict();
    }

    protected override void ReadMessage(ReadOnlySpan<byte> body)
    {
        var json = JsonElement.Parse(body);
        if (json.Text("type") == "error")
        {
            Failure = ErrorOf(body);
            return;
        }

        Sequence.Start(json.Text("id"));
        var index = 0;
        foreach (var block in json.Items("content"))
        {
            Begin(index, block);
            if (block.Text("type") == "tool_use")
            {
                Write(index, ToolArguments.Compact(block.Object("input") ?? ToolArguments.Parse("")));
            }

            Sequence.End(index++);
        }

        ReadUsage(json.Get("usage"));
        ReadReason(json);
        Finish();
    }

    private static int Index(JsonElement json) => (int)(json.Integer("index") ?? 0);

    private void Begin(int index, JsonElement block)
    {
        BlockKind? kind = block.Text("type") switch
        {
            "text" => BlockKind.Text,
            "thinking" => BlockKind.Thinking,
            "redacted_thinking" => BlockKind.RedactedThinking,
            "tool_use" => BlockKind.ToolCall,
            _ => null, // What runs at Anthropic is no call to the client, and no text.
        };
        if (kind is not { } known)
        {
            return;
        }

        Sequence.Begin(index, known, block.Text("id") ?? "", block.Text("name") ?? "");
        Write(index, block.Text("text") ?? block.Text("thinking") ?? "");
        Sequence.Sign(index, block.Text("signature") ?? block.Text("data") ?? "");
    }

    private void ReadDelta(int index, JsonElement delta)
    {
        switch (delta.Text("type"))
        {
            case "text_delta":
                Write(index, delta.Text("text") ?? "");
                break;
            case "thinking_delta":
                Write(index, delta.Text("thinking") ?? "");
                break;
            case "input_json_delta":
                Write(index, delta.Text("partial_json") ?? "");
                break;
            case "signature_delta":
                Sequence.Sign(index, delta.Text("signature") ?? "");
                break;
            default:
                break;
        }
    }

    private void Write(int index, string text)
    {
        OutputBytes += System.Text.Encoding.UTF8.GetByteCount(text);
        Sequence.Delta(index, text);
    }

    private void ReadUsage(JsonElement usage)
    {
        if (usage.ValueKind == JsonValueKind.Object)
        {
            var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(usage.GetRawText()));
            reader.Read();
            ClaudeUsage.Read(ref reader, ref Usage);
        }
    }

    private void ReadReason(JsonElement json)
    {
        if (json.Text("stop_reason") is not { } reason)
        {
            return;
        }

        Sequence.EndAll();
        Sequence.Reason(
            reason switch
            {
                "end_turn" => StopReason.End,
                "stop_sequence" => StopReason.StopSequence,
                "tool_use" => StopReason.ToolCalls,
                "max_tokens" => StopReason.Length,
                "model_context_window_exceeded" => StopReason.ContextLength,
                "refusal" => StopReason.Refusal,
                "pause_turn" => StopReason.Pause,
                _ => StopReason.Other,
            },
            reason == "refusal" ? json.Get("stop_details").Text("explanation") : json.Text("stop_sequence"));
    }

    private static Failure ErrorOf(ReadOnlySpan<byte> data) => ErrorBody.Read(data, ClaudeErrors.Read);
}
