using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>One item of a response's output.</summary>
/// <param name="Text">Text, a refusal, a summary, or a call's arguments or input.</param>
internal sealed record ResponsesItem(BlockKind Kind, string Text)
{
    public string CallId { get; init; } = "";

    /// <summary>For a call: what the client said of its tool.</summary>
    public ToolDefinition? Tool { get; init; }

    /// <summary>What the client sends back so that its maker accepts the reasoning again; null: it did not ask.</summary>
    public string? Encrypted { get; init; }

    /// <summary>A call without arguments has an empty object.</summary>
    public string ArgumentsText => string.IsNullOrWhiteSpace(Text) ? "{}" : Text;

    /// <summary>A call that was cut off inside its arguments: nobody may run it.</summary>
    public bool IsCut => Tool is { IsCustom: false } && !ToolArguments.IsWhole(ArgumentsText);
}

/// <summary>Writes output items of one answer; their ids are made of the request's.</summary>
internal sealed class ResponsesItems(NeutralRequest request, string requestId)
{
    public string Id(ResponsesItem item, int index) =>
        item.Kind switch
        {
            BlockKind.Thinking => "rs_",
            BlockKind.ToolCall => item.Tool is { IsCustom: true } ? "ctc_" : "fc_",
            _ => "msg_",
        } + NeutralId.Hash($"{requestId}/{index}", 32);

    public byte[] Bytes(ResponsesItem item, int index, bool isWhole)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            Write(writer, item, index, isWhole);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <param name="isWhole">False: the item begins, and its content follows in events of its own.</param>
    public void Write(Utf8JsonWriter writer, ResponsesItem item, int index, bool isWhole)
    {
        var status = !isWhole ? "in_progress"u8 : item.IsCut ? "incomplete"u8 : "completed"u8;
        writer.WriteStartObject();
        writer.WriteString("id"u8, Id(item, index));
        switch (item.Kind)
        {
            case BlockKind.Thinking:
                writer.WriteString("type"u8, "reasoning"u8);
                writer.WriteStartArray("summary"u8);
                if (isWhole && item.Text.Length > 0)
                {
                    WritePart(writer, item);
                }

                writer.WriteEndArray();
                if (request.Reasoning.WantsSignature)
                {
                    writer.WriteString("encrypted_content"u8, isWhole ? item.Encrypted : "");
                }

                break;
            case BlockKind.ToolCall:
                WriteCall(writer, item, isWhole);
                writer.WriteString("status"u8, status);
                break;
            default:
                writer.WriteString("type"u8, "message"u8);
                writer.WriteString("status"u8, status);
                writer.WriteString("role"u8, "assistant"u8);
                writer.WriteStartArray("content"u8);
                if (isWhole)
                {
                    WritePart(writer, item);
                }

                writer.WriteEndArray();
                break;
        }

        writer.WriteEndObject();
    }

    public static void WritePart(Utf8JsonWriter writer, ResponsesItem item)
    {
        writer.WriteStartObject();
        switch (item.Kind)
        {
            case BlockKind.Thinking:
                writer.WriteString("type"u8, "summary_text"u8);
                writer.WriteString("text"u8, item.Text);
                break;
            case BlockKind.Refusal:
                writer.WriteString("type"u8, "refusal"u8);
                writer.WriteString("refusal"u8, item.Text);
                break;
            default:
                writer.WriteString("type"u8, "output_text"u8);
                writer.WriteString("text"u8, item.Text);
                writer.WriteStartArray("annotations"u8);
                writer.WriteEndArray();
                writer.WriteStartArray("logprobs"u8);
                writer.WriteEndArray();
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter writer, ResponsesItem item, bool isWhole)
    {
        var tool = item.Tool!;
        writer.WriteString("type"u8, tool.IsCustom ? "custom_tool_call"u8 : "function_call"u8);
        writer.WriteString("call_id"u8, item.CallId);
        writer.WriteString("name"u8, ResponsesTools.LocalName(tool));
        if (tool.Namespace is { } space)
        {
            writer.WriteString("namespace"u8, space);
        }

        if (tool.IsCustom)
        {
            writer.WriteString("input"u8, isWhole ? item.Text : "");
        }
        else
        {
            writer.WriteString("arguments"u8, isWhole ? item.ArgumentsText : "");
        }
    }
}
