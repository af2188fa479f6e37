using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>Neutral events as chat completion clients read them.</summary>
/// <remarks>
/// Source: OpenAI API reference, Chat Completions streaming, read 2026-11. Reasoning goes where compatible clients look for it: <c>reasoning_content</c>, and
/// <c>thinking_blocks</c> with what must be sent back.
/// </remarks>
internal sealed class OpenAiChatEncoder(AnswerContext context) : AnswerEncoder(context)
{
    private readonly OpenAiChatToolCalls _calls = new(context);
    private readonly StringBuilder _thinking = new();
    private readonly StringBuilder _customArguments = new();
    private NeutralEvent? _customCall;
    private int _call = -1;
    private bool _hasArguments;
    private IReadOnlyList<JsonElement> _logprobs = [];
    private string? _signature;

    private string Id => "chatcmpl-" + NeutralId.Hash(Context.RequestId, 24);

    private long Created => Context.CreatedAt.ToUnixTimeSeconds();

    public override void WriteEvent(IBufferWriter<byte> output, in NeutralEvent next, in TokenUsage usage)
    {
        switch (next.Kind)
        {
            case EventKind.Start:
                WriteDelta(output, static (writer, _) =>
                {
                    writer.WriteString("role"u8, "assistant"u8);
                    writer.WriteString("content"u8, ""u8);
                }, "");
                break;
            case EventKind.BlockStart:
                WriteBlockStart(output, next);
                break;
            case EventKind.Delta:
                WriteBlockDelta(output, next);
                break;
            case EventKind.Signature:
                _signature = next.Text;
                break;
            case EventKind.BlockEnd:
                WriteBlockEnd(output, next.Block);
                break;
            case EventKind.Stop:
                WriteStop(output, next);
                break;
            default:
                break;
        }
    }

    public override void WriteEnd(IBufferWriter<byte> output, in TokenUsage usage)
    {
        if (Request.IncludeUsage)
        {
            Begin(output);
            using (var writer = Writer(output))
            {
                writer.WriteStartObject();
                WriteHead(writer, "chat.completion.chunk"u8);
                writer.WriteStartArray("choices"u8);
                writer.WriteEndArray();
                writer.WritePropertyName("usage"u8);
                WriteUsage(writer, usage);
                writer.WriteEndObject();
            }

            End(output);
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    public override void WriteMessage(IBufferWriter<byte> output, NeutralMessage message, in TokenUsage usage)
    {
        using var writer = Writer(output);
        writer.WriteStartObject();
        WriteHead(writer, "chat.completion"u8);
        writer.WriteStartArray("choices"u8);
        WriteChoice(writer, 0, message);
        for (var i = 0; i < message.Alternatives.Count; i++)
        {
            WriteChoice(writer, i + 1, message.Alternatives[i]);
        }

        writer.WriteEndArray();
        writer.WritePropertyName("usage"u8);
        WriteUsage(writer, usage);
        writer.WriteEndObject();
    }

    private void WriteChoice(Utf8JsonWriter writer, int index, NeutralMessage message)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        var calls = message.Blocks.Where(block => block.Kind == BlockKind.ToolCall).ToList();
        var text = message.Text(BlockKind.Text);
        if (text is null && calls.Count > 0)
        {
            writer.WriteNull("content"u8);
        }
        else
        {
            writer.WriteString("content"u8, text ?? "");
        }

        writer.WriteString("refusal"u8, message.Text(BlockKind.Refusal) ?? (message.Reason == StopReason.Refusal ? message.Detail : null));
        if (ShowsReasoning && message.Text(BlockKind.Thinking) is { Length: > 0 } thinking)
        {
            writer.WriteString("reasoning_content"u8, thinking);
        }

        WriteThinkingBlocks(writer, message.Blocks.Where(block => block.Kind is BlockKind.Thinking or BlockKind.RedactedThinking));
        _calls.Write(writer, calls);
        writer.WriteEndObject();
        WriteLogprobs(writer, [.. message.Blocks.SelectMany(block => block.Logprobs)]);
        writer.WriteString("finish_reason"u8, Reason(message.Reason));
        writer.WriteEndObject();
    }

    private void WriteThinkingBlocks(Utf8JsonWriter writer, IEnumerable<MessageBlock> blocks)
    {
        var signed = blocks.Where(block => block.Signature is not null).ToList();
        if (!ShowsReasoning || signed.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("thinking_blocks"u8);
        foreach (var block in signed)
        {
            writer.WriteStartObject();
            if (block.Kind == BlockKind.RedactedThinking)
            {
                writer.WriteString("type"u8, "redacted_thinking"u8);
                writer.WriteString("data"u8, Context.Signature(block.Signature));
            }
            else
            {
                writer.WriteString("type"u8, "thinking"u8);
                writer.WriteString("thinking"u8, block.Text);
                writer.WriteString("signature"u8, Context.Signature(block.Signature));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteBlockStart(IBufferWriter<byte> output, in NeutralEvent next)
    {
        _signature = null;
        _thinking.Clear();
        if (next.Block != BlockKind.ToolCall)
        {
            return;
        }

        _call++;
        _hasArguments = false;
        _customArguments.Clear();
        _customCall = _calls.IsCustom(next.Name) ? next : null;
        if (_customCall is not null)
        {
            return; // Its text is inside the arguments: it can be told once they are whole.
        }

        WriteDelta(output, (writer, begun) => _calls.WriteStart(writer, _call, begun), next);
    }

    private void WriteBlockDelta(IBufferWriter<byte> output, in NeutralEvent next)
    {
        var text = next.Text;
        switch (next.Block)
        {
            case BlockKind.Text:
                _logprobs = next.Logprobs.ValueKind == JsonValueKind.Array ? [.. next.Logprobs.EnumerateArray()] : [];
                WriteDelta(output, static (writer, text) => writer.WriteString("content"u8, text), text);
                _logprobs = [];
                break;
            case BlockKind.Refusal:
                WriteDelta(output, static (writer, text) => writer.WriteString("refusal"u8, text), text);
                break;
            case BlockKind.Thinking when ShowsReasoning:
                _thinking.Append(text);
                WriteDelta(output, static (writer, text) => writer.WriteString("reasoning_content"u8, text), text);
                break;
            case BlockKind.ToolCall when _customCall is not null:
                _customArguments.Append(text);
                break;
            case BlockKind.ToolCall:
                _hasArguments = true;
                WriteDelta(output, (writer, text) => _calls.WriteArguments(writer, _call, text), text);
                break;
            default:
                break;
        }
    }

    private void WriteBlockEnd(IBufferWriter<byte> output, BlockKind kind)
    {
        switch (kind)
        {
            case BlockKind.ToolCall when _customCall is { } custom:
                WriteDelta(output, (writer, arguments) => _calls.WriteCustom(writer, _call, custom, arguments), _customArguments.ToString());
                break;
            case BlockKind.ToolCall when !_hasArguments:
                WriteDelta(output, (writer, arguments) => _calls.WriteArguments(writer, _call, arguments), "{}");
                break;
            case BlockKind.Thinking or BlockKind.RedactedThinking when _signature is { } signature && ShowsReasoning:
                var block = new MessageBlock(kind, _thinking.ToString(), signature);
                WriteDelta(output, WriteThinkingBlock, block);
                break;
            default:
                break;
        }
    }

    private void WriteThinkingBlock(Utf8JsonWriter writer, MessageBlock block) => WriteThinkingBlocks(writer, [block]);

    private void WriteStop(IBufferWriter<byte> output, in NeutralEvent next)
    {
        var (reason, detail) = (next.Reason, next.Detail);
        if (reason == StopReason.Refusal && detail is not null)
        {
            WriteDelta(output, static (writer, text) => writer.WriteString("refusal"u8, text), detail);
        }

        WriteChunk(output, static (_, _) => { }, 0, Reason(reason));
    }

    private static void WriteLogprobs(Utf8JsonWriter writer, IReadOnlyList<JsonElement> tokens)
    {
        if (tokens.Count == 0)
        {
            writer.WriteNull("logprobs"u8);
            return;
        }

        writer.WriteStartObject("logprobs"u8);
        writer.WriteStartArray("content"u8);
        foreach (var token in tokens)
        {
            token.WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteNull("refusal"u8);
        writer.WriteEndObject();
    }

    private void WriteDelta<T>(IBufferWriter<byte> output, Action<Utf8JsonWriter, T> delta, T value) => WriteChunk(output, delta, value, null);

    private void WriteChunk<T>(IBufferWriter<byte> output, Action<Utf8JsonWriter, T> delta, T value, string? reason)
    {
        Begin(output);
        using (var writer = Writer(output))
        {
            writer.WriteStartObject();
            WriteHead(writer, "chat.completion.chunk"u8);
            writer.WriteStartArray("choices"u8);
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, Context.Candidate);
            writer.WriteStartObject("delta"u8);
            delta(writer, value);
            writer.WriteEndObject();
            WriteLogprobs(writer, _logprobs);
            writer.WriteString("finish_reason"u8, reason);
            writer.WriteEndObject();
            writer.WriteEndArray();
            if (Request.IncludeUsage)
            {
                writer.WriteNull("usage"u8);
            }

            writer.WriteEndObject();
        }

        End(output);
    }

    private void WriteHead(Utf8JsonWriter writer, ReadOnlySpan<byte> type)
    {
        writer.WriteString("id"u8, Id);
        writer.WriteString("object"u8, type);
        writer.WriteNumber("created"u8, Created);
        writer.WriteString("model"u8, Model);
    }

    private string Reason(StopReason reason) => reason switch
    {
        StopReason.ToolCalls => Request.HasLegacyFunctions ? "function_call" : "tool_calls",
        StopReason.Length or StopReason.ContextLength => "length",
        StopReason.Refusal or StopReason.ContentFilter => "content_filter",
        _ => "stop",
    };

    private static void WriteUsage(Utf8JsonWriter writer, in TokenUsage usage)
    {
        writer.WriteStartObject();
        writer.WriteNumber("prompt_tokens"u8, usage.TotalInputTokens);
        writer.WriteNumber("completion_tokens"u8, usage.OutputTokens ?? 0);
        writer.WriteNumber("total_tokens"u8, usage.TotalInputTokens + (usage.OutputTokens ?? 0));
        writer.WriteStartObject("prompt_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, usage.CacheReadTokens ?? 0);
        if (usage.CacheWriteTokens > 0)
        {
            writer.WriteNumber("cache_write_tokens"u8, usage.CacheWriteTokens);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens ?? 0);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Begin(IBufferWriter<byte> output) => output.Write("data: "u8);

    private static void End(IBufferWriter<byte> output) => output.Write("\n\n"u8);
}
