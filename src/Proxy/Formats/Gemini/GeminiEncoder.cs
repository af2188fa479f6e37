using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>Neutral events as Gemini clients read them: parts with what they have of text, calls whole, the reason and usage last.</summary>
/// <remarks>Source: Gemini API reference, GenerateContentResponse, v1beta, read 2026-11.</remarks>
internal sealed class GeminiEncoder(AnswerContext context) : AnswerEncoder(context)
{
    private static readonly MessageBlock Nothing = new(BlockKind.Text, "", null);

    private readonly StringBuilder _arguments = new();
    private readonly StringBuilder _thinking = new();
    private NeutralEvent _call;
    private bool _hasRefusal;

    /// <summary>What the client must send back of the thinking before: it stands on the part behind it, shown or not, as Google's own does.</summary>
    private string? _carried;

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
            case EventKind.BlockStart when IsThinking(next.Block):
                _thinking.Clear();
                if (_carried is not null)
                {
                    WriteChunk(output, Nothing, null, usage);
                }

                break;
            case EventKind.Delta:
                if (next.Block == BlockKind.Thinking)
                {
                    _thinking.Append(next.Text);
                    if (!ShowsReasoning)
                    {
                        break;
                    }
                }

                WriteChunk(output, new MessageBlock(next.Block, next.Text, null) { Logprobs = next.Logprobs.ValueKind == JsonValueKind.Array ? [.. next.Logprobs.EnumerateArray()] : [] }, null, usage);
                break;
            case EventKind.Signature when IsThinking(next.Block):
                _carried = Carried(next.Block, _thinking.ToString(), next.Text);
                break;
            case EventKind.BlockEnd when next.Block == BlockKind.ToolCall:
                WriteChunk(output, new MessageBlock(BlockKind.ToolCall, _arguments.ToString(), null) { Id = _call.Id, Name = _call.Name }, null, usage);
                break;
            case EventKind.Stop:
                WriteChunk(output, Nothing, next.Reason, usage, next.Detail);
                break;
            default:
                break;
        }
    }

    public override void WriteMessage(IBufferWriter<byte> output, NeutralMessage message, in TokenUsage usage)
    {
        using var writer = Writer(output);
        Begin(writer);
        WriteCandidate(writer, 0, message);
        for (var i = 0; i < message.Alternatives.Count; i++)
        {
            WriteCandidate(writer, i + 1, message.Alternatives[i]);
        }

        writer.WriteEndArray();
        WriteUsage(writer, usage);
        End(writer);
    }

    private void WriteCandidate(Utf8JsonWriter writer, int index, NeutralMessage message)
    {
        _hasRefusal = message.Blocks.Any(block => block.Kind == BlockKind.Refusal);
        WriteCandidate(writer, index, PartsOf(message.Blocks), message.Reason, message.Detail);
    }

    /// <summary>The blocks as parts, with a part for each signature to stand on.</summary>
    private List<MessageBlock> PartsOf(IReadOnlyList<MessageBlock> blocks)
    {
        var parts = new List<MessageBlock>(blocks.Count + 1);
        foreach (var block in blocks)
        {
            if (!IsThinking(block.Kind))
            {
                parts.Add(Signed(block));
                continue;
            }

            AddSignature();
            if (block.Kind == BlockKind.Thinking && ShowsReasoning)
            {
                parts.Add(Signed(block));
            }

            _carried = block.Signature is { } signature ? Carried(block.Kind, block.Text, signature) : null;
        }

        AddSignature();
        return parts;

        void AddSignature()
        {
            if (_carried is not null)
            {
                parts.Add(Signed(Nothing));
            }
        }
    }

    /// <summary>The part with the signature that waits for one.</summary>
    private MessageBlock Signed(MessageBlock part)
    {
        var carried = part.Kind == BlockKind.Thinking ? null : _carried;
        _carried = part.Kind == BlockKind.Thinking ? _carried : null;
        return part with { Signature = carried };
    }

    private static bool IsThinking(BlockKind kind) => kind is BlockKind.Thinking or BlockKind.RedactedThinking;

    /// <summary>The member is base64; a tag has characters that are not.</summary>
    private string Carried(BlockKind kind, string text, string signature)
    {
        var sent = CarriedThinking.Write(Context.Signature(signature), text, kind == BlockKind.RedactedThinking);
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(sent));
    }

    private void WriteChunk(IBufferWriter<byte> output, MessageBlock part, StopReason? reason, in TokenUsage usage, string? detail = null)
    {
        output.Write("data: "u8);
        using (var writer = Writer(output))
        {
            Begin(writer);
            WriteCandidate(writer, Context.Candidate, [Signed(part)], reason, detail);
            writer.WriteEndArray();
            if (reason is not null)
            {
                WriteUsage(writer, usage);
            }

            End(writer);
        }

        output.Write("\n\n"u8);
    }

    private static void Begin(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("candidates"u8);
    }

    private void End(Utf8JsonWriter writer)
    {
        writer.WriteString("modelVersion"u8, Model);
        writer.WriteString("responseId"u8, NeutralId.Hash(Context.RequestId, 24));
        writer.WriteEndObject();
    }

    private void WriteCandidate(Utf8JsonWriter writer, int index, IReadOnlyList<MessageBlock> parts, StopReason? reason, string? detail)
    {
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
            if (known == StopReason.Refusal && detail is not null)
            {
                writer.WriteString("finishMessage"u8, detail);
            }
        }

        writer.WriteNumber("index"u8, index);
        WriteLogprobs(writer, [.. parts.SelectMany(part => part.Logprobs)]);
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
            writer.WriteString("name"u8, Context.ToolName(part.Name));
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

        if (part.Signature is { } signature)
        {
            writer.WriteString("thoughtSignature"u8, signature);
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
