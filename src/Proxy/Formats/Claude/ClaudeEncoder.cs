using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>Neutral events as Claude clients read them.</summary>
/// <remarks>Source: Anthropic API reference, Messages streaming, anthropic-version 2023-06-01, read 2026-11.</remarks>
internal sealed class ClaudeEncoder(AnswerContext context) : AnswerEncoder(context)
{
    private int _index;
    private bool _isHidden;
    private bool _hasRefusal;
    private bool _hasArguments;
    private bool _isSigned;

    private string Id => "msg_" + NeutralId.Hash(Context.RequestId, 24);

    public override void WriteEvent(IBufferWriter<byte> output, in NeutralEvent next, in TokenUsage usage)
    {
        switch (next.Kind)
        {
            case EventKind.Start:
                WriteStart(output, usage);
                break;
            case EventKind.BlockStart:
                _hasRefusal |= next.Block == BlockKind.Refusal;
                WriteBlockStart(output, next);
                break;
            case EventKind.Delta when !_isHidden:
                _hasArguments = true;
                WriteDelta(output, next.Block, next.Text);
                break;
            case EventKind.Signature when !_isHidden && next.Block == BlockKind.Thinking:
                _isSigned = true;
                WriteDelta(output, "signature_delta", "signature", Context.Signature(next.Text));
                break;
            case EventKind.Signature when !_isHidden && next.Block == BlockKind.RedactedThinking:
                WriteRedactedStart(output, Context.Signature(next.Text));
                break;
            case EventKind.BlockEnd when !_isHidden:
                WriteBlockEnd(output, next.Block);
                break;
            case EventKind.Stop:
                WriteStop(output, next, usage);
                break;
            default:
                break;
        }
    }

    public override void WriteMessage(IBufferWriter<byte> output, NeutralMessage message, in TokenUsage usage)
    {
        using var writer = Writer(output);
        writer.WriteStartObject();
        WriteHead(writer);
        writer.WriteStartArray("content"u8);
        foreach (var block in message.Blocks.Where(block => ShowsReasoning || block.Kind is not (BlockKind.Thinking or BlockKind.RedactedThinking)))
        {
            if (block is { Kind: BlockKind.ToolCall, Signature: not null } && ShowsReasoning)
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, "thinking"u8);
                writer.WriteString("thinking"u8, ""u8);
                writer.WriteString("signature"u8, Context.Signature(block.Signature));
                writer.WriteEndObject();
            }

            writer.WriteStartObject();
            switch (block.Kind)
            {
                case BlockKind.Thinking:
                    writer.WriteString("type"u8, "thinking"u8);
                    writer.WriteString("thinking"u8, block.Text);
                    writer.WriteString("signature"u8, Context.Signature(block.Signature));
                    break;
                case BlockKind.RedactedThinking:
                    writer.WriteString("type"u8, "redacted_thinking"u8);
                    writer.WriteString("data"u8, Context.Signature(block.Signature));
                    break;
                case BlockKind.ToolCall:
                    writer.WriteString("type"u8, "tool_use"u8);
                    writer.WriteString("id"u8, CallId(block.Id));
                    writer.WriteString("name"u8, Context.ToolName(block.Name));
                    writer.WritePropertyName("input"u8);
                    block.ArgumentsObject.WriteTo(writer);
                    break;
                default:
                    writer.WriteString("type"u8, "text"u8);
                    writer.WriteString("text"u8, block.Text);
                    break;
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        _hasRefusal = message.Blocks.Any(block => block.Kind == BlockKind.Refusal);
        WriteReason(writer, message.Reason, message.Detail);
        writer.WritePropertyName("usage"u8);
        WriteUsage(writer, usage);
        writer.WriteEndObject();
    }

    private static string CallId(string id) => NeutralId.Fit(id, "toolu_", 128, NeutralId.IsPlain);

    private void WriteStart(IBufferWriter<byte> output, in TokenUsage usage)
    {
        Begin(output, "message_start"u8);
        using (var writer = Writer(output))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "message_start"u8);
            writer.WriteStartObject("message"u8);
            WriteHead(writer);
            writer.WriteStartArray("content"u8);
            writer.WriteEndArray();
            writer.WriteNull("stop_reason"u8);
            writer.WriteNull("stop_sequence"u8);
            writer.WritePropertyName("usage"u8);
            WriteUsage(writer, usage);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        End(output);
    }

    private void WriteHead(Utf8JsonWriter writer)
    {
        writer.WriteString("id"u8, Id);
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("model"u8, Model);
    }

    private void WriteBlockStart(IBufferWriter<byte> output, in NeutralEvent next)
    {
        if (next is { Block: BlockKind.ToolCall, Signature: { } signature } && ShowsReasoning)
        {
            // Claude signs reasoning only: the signature of a call stands in an empty block before it.
            WriteBlockStart(output, new NeutralEvent(EventKind.BlockStart) { Block = BlockKind.Thinking });
            WriteDelta(output, "signature_delta", "signature", Context.Signature(signature));
            _isSigned = true;
            WriteBlockEnd(output, BlockKind.Thinking);
        }

        _isHidden = next.Block is BlockKind.Thinking or BlockKind.RedactedThinking && !ShowsReasoning;
        _hasArguments = false;
        if (_isHidden || next.Block == BlockKind.RedactedThinking)
        {
            return; // A redacted block is one event, written when its data is there.
        }

        Begin(output, "content_block_start"u8);
        using (var writer = Writer(output))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "content_block_start"u8);
            writer.WriteNumber("index"u8, _index);
            writer.WriteStartObject("content_block"u8);
            switch (next.Block)
            {
                case BlockKind.Thinking:
                    writer.WriteString("type"u8, "thinking"u8);
                    writer.WriteString("thinking"u8, ""u8);
                    writer.WriteString("signature"u8, ""u8);
                    break;
                case BlockKind.ToolCall:
                    writer.WriteString("type"u8, "tool_use"u8);
                    writer.WriteString("id"u8, CallId(next.Id));
                    writer.WriteString("name"u8, Context.ToolName(next.Name));
                    writer.WriteStartObject("input"u8);
                    writer.WriteEndObject();
                    break;
                default:
                    writer.WriteString("type"u8, "text"u8);
                    writer.WriteString("text"u8, ""u8);
                    break;
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        End(output);
    }

    private void WriteDelta(IBufferWriter<byte> output, BlockKind kind, string text)
    {
        var (type, member) = kind switch
        {
            BlockKind.Thinking => ("thinking_delta", "thinking"),
            BlockKind.ToolCall => ("input_json_delta", "partial_json"),
            _ => ("text_delta", "text"),
        };
        WriteDelta(output, type, member, text);
    }

    private void WriteDelta(IBufferWriter<byte> output, string type, string member, string text)
    {
        Begin(output, "content_block_delta"u8);
        using (var writer = Writer(output))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "content_block_delta"u8);
            writer.WriteNumber("index"u8, _index);
            writer.WriteStartObject("delta"u8);
            writer.WriteString("type"u8, type);
            writer.WriteString(member, text);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        End(output);
    }

    private void WriteRedactedStart(IBufferWriter<byte> output, string data)
    {
        _isSigned = true;
        Begin(output, "content_block_start"u8);
        using (var writer = Writer(output))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "content_block_start"u8);
            writer.WriteNumber("index"u8, _index);
            writer.WriteStartObject("content_block"u8);
            writer.WriteString("type"u8, "redacted_thinking"u8);
            writer.WriteString("data"u8, data);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        End(output);
    }

    private void WriteBlockEnd(IBufferWriter<byte> output, BlockKind kind)
    {
        if (kind == BlockKind.RedactedThinking && !_isSigned)
        {
            return; // Without data there is nothing to send back.
        }

        if (kind == BlockKind.ToolCall && !_hasArguments)
        {
            WriteDelta(output, kind, "{}");
        }

        if (kind == BlockKind.Thinking && !_isSigned)
        {
            WriteDelta(output, "signature_delta", "signature", Context.Signature(null));
        }

        _isSigned = false;
        Begin(output, "content_block_stop"u8);
        using (var writer = Writer(output))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "content_block_stop"u8);
            writer.WriteNumber("index"u8, _index++);
            writer.WriteEndObject();
        }

        End(output);
    }

    private void WriteStop(IBufferWriter<byte> output, in NeutralEvent next, in TokenUsage usage)
    {
        Begin(output, "message_delta"u8);
        using (var writer = Writer(output))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "message_delta"u8);
            writer.WriteStartObject("delta"u8);
            WriteReason(writer, next.Reason, next.Detail);
            writer.WriteEndObject();
            writer.WritePropertyName("usage"u8);
            WriteUsage(writer, usage);
            writer.WriteEndObject();
        }

        End(output);
        output.Write("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }

    private void WriteReason(Utf8JsonWriter writer, StopReason reason, string? detail)
    {
        writer.WriteString("stop_reason"u8, reason switch
        {
            StopReason.StopSequence => "stop_sequence"u8,
            StopReason.ToolCalls => "tool_use"u8,
            StopReason.Length => "max_tokens"u8,
            StopReason.ContextLength => "model_context_window_exceeded"u8,
            StopReason.Refusal or StopReason.ContentFilter => "refusal"u8,
            StopReason.Pause => "pause_turn"u8,
            StopReason.End when _hasRefusal => "refusal"u8, // Here a refusal is a reason, not a kind of text.
            _ => "end_turn"u8,
        });
        writer.WriteString("stop_sequence"u8, reason == StopReason.StopSequence ? detail : null);
    }

    /// <summary>All counters of input are there even if nobody reported them: clients add them up.</summary>
    private static void WriteUsage(Utf8JsonWriter writer, in TokenUsage usage)
    {
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, usage.InputTokens ?? 0);
        writer.WriteNumber("cache_creation_input_tokens"u8, usage.CacheWriteTokens);
        writer.WriteNumber("cache_read_input_tokens"u8, usage.CacheReadTokens ?? 0);
        writer.WriteStartObject("cache_creation"u8);
        writer.WriteNumber("ephemeral_5m_input_tokens"u8, usage.CacheWriteTokens - (usage.CacheWrite1hTokens ?? 0));
        writer.WriteNumber("ephemeral_1h_input_tokens"u8, usage.CacheWrite1hTokens ?? 0);
        writer.WriteEndObject();
        writer.WriteNumber("output_tokens"u8, usage.OutputTokens ?? 0);
        if (usage.ReasoningTokens is { } reasoning)
        {
            writer.WriteStartObject("output_tokens_details"u8);
            writer.WriteNumber("thinking_tokens"u8, reasoning);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        output.Write("event: "u8);
        output.Write(name);
        output.Write("\ndata: "u8);
    }

    private static void End(IBufferWriter<byte> output) => output.Write("\n\n"u8);
}
