using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>Neutral events as Gemini clients read them: parts with what they have of text, calls whole, the reason and usage last.</summary>
/// <remarks>Source: Gemini API reference, GenerateContentResponse, v1beta, read 2026-11.</remarks>
internal sealed class GeminiEncoder(AnswerContext context) : AnswerEncoder(context)
{
    private readonly StringBuilder _arguments = new();
    private NeutralEvent _call;
    private bool _hasRefusal;

    /// <summary>Signatures stand on the part behind what they sign.</summary>
    private string? _signature;

    public override void WriteEvent(IBufferWriter<byte> output, in NeutralEvent next, in TokenUsage usage)
    {
        switch (next.Kind)
        {
            case EventKind.BlockStart when next.Block == BlockKind.Refusal:
                _hasRefusal = true;
                break;
            case EventKind.BlockStart when next.Block == BlockKind.ToolCall:
                _call = next;
                _arguments.Clear();
                break;
            case EventKind.Delta when next.Block == BlockKind.ToolCall:
                _arguments.Append(next.Text);
                break;
            case EventKind.Delta when next.Block != BlockKind.Thinking || ShowsReasoning:
                WriteChunk(output, new MessageBlock(next.Block, next.Text, null) { Logprobs = next.Logprobs.ValueKind == JsonValueKind.Array ? [.. next.Logprobs.EnumerateArray()] : [] }, null, usage);
                break;
            case EventKind.Signature when next.Block == BlockKind.Thinking && ShowsReasoning:
                _signature = next.Text;
                break;
            case EventKind.BlockEnd when next.Block == BlockKind.ToolCall:
                WriteChunk(output, new MessageBlock(BlockKind.ToolCall, _arguments.ToString(), _call.Signature) { Id = _call.Id, Name = _call.Name }, null, usage);
                break;
            case EventKind.Stop:
                WriteChunk(output, new MessageBlock(BlockKind.Text, "", null), next.Reason, usage);
                break;
            default:
                break;
        }
    }

    public override void WriteMessage(IBufferWriter<byte> output, NeutralMessage message, in TokenUsage usage)
    {
        _hasRefusal = message.Blocks.Any(block => block.Kind == BlockKind.Refusal);
        using var writer = Writer(output);
        WriteAnswer(writer, [.. Shown(message.Blocks)], message.Reason, usage);
    }

    private IEnumerable<MessageBlock> Shown(IReadOnlyList<MessageBlock> blocks)
    {
        foreach (var block in blocks)
        {
            switch (block.Kind)
            {
                case BlockKind.RedactedThinking:
                    break;
                case BlockKind.Thinking when !ShowsReasoning:
                    break;
                case BlockKind.Thinking:
                    yield return block with { Signature = null };
                    _signature = block.Signature;
                    break;
                default:
                    yield return block;
                    break;
            }
        }
    }

    private void WriteChunk(IBufferWriter<byte> output, MessageBlock part, StopReason? reason, in TokenUsage usage)
    {
        output.Write("data: "u8);
        using (var writer = Writer(output))
        {
            WriteAnswer(writer, [part], reason, usage);
        }

        output.Write("\n\n"u8);
    }

    private void WriteAnswer(Utf8JsonWriter writer, IReadOnlyList<MessageBlock> parts, StopReason? reason, in TokenUsage usage)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("candidates"u8);
        writer.WriteStartObject();
        writer.WriteStartObject("content"u8);
        writer.WriteStartArray("parts"u8);
        foreach (var part in parts)
        {
            WritePart(writer, part);
        }

        writer.WriteEndArray();
        writer.WriteString("role"u8, "model"u8);
        writer.WriteEndObject();
        if (reason is { } known)
        {
            writer.WriteString("finishReason"u8, known switch
            {
                StopReason.Length or StopReason.ContextLength => "MAX_TOKENS"u8,
                StopReason.Refusal or StopReason.ContentFilter => "SAFETY"u8,
                StopReason.End when _hasRefusal => "SAFETY"u8,
                StopReason.Malformed => "MALFORMED_FUNCTION_CALL"u8,
                StopReason.Other => "OTHER"u8,
                _ => "STOP"u8, // There is no reason of its own for calls.
            });
        }

        writer.WriteNumber("index"u8, 0);
        WriteLogprobs(writer, [.. parts.SelectMany(part => part.Logprobs)]);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (reason is not null)
        {
            WriteUsage(writer, usage);
        }

        writer.WriteString("modelVersion"u8, Model);
        writer.WriteString("responseId"u8, NeutralId.Hash(Context.RequestId, 24));
        writer.WriteEndObject();
    }

    private static void WriteLogprobs(Utf8JsonWriter writer, List<JsonElement> tokens)
    {
        if (tokens.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("logprobsResult"u8);
        writer.WriteStartArray("topCandidates"u8);
        foreach (var token in tokens)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("candidates"u8);
            foreach (var candidate in token.Items("top_logprobs"))
            {
                WriteToken(writer, candidate);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("chosenCandidates"u8);
        foreach (var token in tokens)
        {
            WriteToken(writer, token);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter writer, JsonElement token)
    {
        writer.WriteStartObject();
        writer.WriteString("token"u8, token.Text("token"));
        writer.WriteNumber("logProbability"u8, token.Number("logprob") ?? 0);
        writer.WriteEndObject();
    }

    private void WritePart(Utf8JsonWriter writer, MessageBlock part)
    {
        writer.WriteStartObject();
        if (part.Kind == BlockKind.ToolCall)
        {
            writer.WriteStartObject("functionCall"u8);
            writer.WriteString("id"u8, part.Id);
            writer.WriteString("name"u8, ToolName(part.Name));
            writer.WritePropertyName("args"u8);
            part.ArgumentsObject.WriteTo(writer);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("text"u8, part.Text);
            if (part.Kind == BlockKind.Thinking)
            {
                writer.WriteBoolean("thought"u8, true);
            }
        }

        if (part.Kind != BlockKind.Thinking && (part.Signature ?? _signature) is { } signature)
        {
            // The member is base64; a tag has characters that are not.
            var sent = Signature(signature);
            writer.WriteString("thoughtSignature"u8, SignatureTag.IsTagged(sent) ? Convert.ToBase64String(Encoding.UTF8.GetBytes(sent)) : sent);
            _signature = null;
        }

        writer.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter writer, in TokenUsage usage)
    {
        var output = usage.OutputTokens ?? 0;
        writer.WriteStartObject("usageMetadata"u8);
        writer.WriteNumber("promptTokenCount"u8, usage.TotalInputTokens);
        if (usage.CacheReadTokens > 0)
        {
            writer.WriteNumber("cachedContentTokenCount"u8, usage.CacheReadTokens.Value);
        }

        writer.WriteNumber("candidatesTokenCount"u8, Math.Max(0, output - (usage.ReasoningTokens ?? 0)));
        if (usage.ReasoningTokens is > 0 and var thoughts)
        {
            writer.WriteNumber("thoughtsTokenCount"u8, thoughts);
        }

        writer.WriteNumber("totalTokenCount"u8, usage.TotalInputTokens + output);
        writer.WriteEndObject();
    }
}
