using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>Neutral events as clients of responses read them.</summary>
/// <remarks>
/// Source: OpenAI API reference, Responses streaming events, read 2026-11. Every block is an output item; its events repeat in whole what its deltas said.
/// </remarks>
internal sealed class ResponsesEncoder : AnswerEncoder
{
    private readonly AnswerSoFar _soFar;
    private readonly ResponsesItems _items;
    private readonly StringBuilder _text = new();
    private NeutralEvent _begun;

    /// <summary>The open item, without its content.</summary>
    private ResponsesItem _item = new(BlockKind.Text, "");
    private string? _signature;
    private bool _isOpen;

    public ResponsesEncoder(AnswerContext context)
        : base(context)
    {
        _soFar = new AnswerSoFar { Id = "resp_" + NeutralId.Hash(Context.RequestId, 32), Model = Model, CreatedAt = Context.CreatedAt.ToUnixTimeSeconds() };
        _items = new ResponsesItems(Request, Context.RequestId);
    }

    public override AnswerSoFar SoFar => _soFar;

    private int Index => _soFar.Output.Count;

    public override void WriteEvent(IBufferWriter<byte> output, in NeutralEvent next, in TokenUsage usage)
    {
        _soFar.Usage = usage;
        switch (next.Kind)
        {
            case EventKind.Start:
                WriteResponseEvent(output, "response.created", ResponsesEnd.InProgress);
                WriteResponseEvent(output, "response.in_progress", ResponsesEnd.InProgress);
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
                WriteBlockEnd(output);
                break;
            case EventKind.Stop:
                WriteStop(output, next);
                break;
            default:
                break;
        }
    }

    public override void WriteMessage(IBufferWriter<byte> output, NeutralMessage message, in TokenUsage usage)
    {
        _soFar.Usage = usage;
        foreach (var block in message.Blocks)
        {
            if (Item(block) is { } item)
            {
                _soFar.Output.Add(_items.Bytes(item, Index, isWhole: true));
            }
        }

        if (message is { Reason: StopReason.Refusal, Detail: { } refusal })
        {
            _soFar.Output.Add(_items.Bytes(new ResponsesItem(BlockKind.Refusal, refusal), Index, isWhole: true));
        }

        using var writer = Writer(output);
        ResponsesEcho.Write(writer, Request, _soFar, ResponsesEnd.Of(message.Reason, message.Detail));
    }

    /// <summary>The block as an item; null: it is reasoning that the client did not ask for.</summary>
    private ResponsesItem? Item(MessageBlock block)
    {
        switch (block.Kind)
        {
            case BlockKind.Thinking or BlockKind.RedactedThinking:
                var isRedacted = block.Kind == BlockKind.RedactedThinking;
                var encrypted = Request.Reasoning.WantsSignature && block.Signature is { } signature
                    ? CarriedThinking.Write(Context.Signature(signature), block.Text, isRedacted)
                    : null;
                var summary = ShowsReasoning ? block.Text : "";
                return summary.Length > 0 || encrypted is not null ? new ResponsesItem(BlockKind.Thinking, summary) { Encrypted = encrypted } : null;
            case BlockKind.ToolCall:
                return Call(block.Id, block.Name, block.Text);
            default:
                return new ResponsesItem(block.Kind, block.Text);
        }
    }

    private ResponsesItem Call(string id, string name, string arguments)
    {
        var known = Context.ToolName(name);
        var tool = Request.Tools.FirstOrDefault(tool => tool.Name == known) ?? new ToolDefinition(known, null, null, null);
        return new ResponsesItem(BlockKind.ToolCall, tool.IsCustom ? ToolArguments.UnwrapInput(arguments) : arguments)
        {
            CallId = OpenAiCallId.Fit(id),
            Tool = tool,
        };
    }

    private void WriteBlockStart(IBufferWriter<byte> output, in NeutralEvent next)
    {
        _begun = next;
        _text.Clear();
        _signature = null;
        _isOpen = false;
        _item = next.Block == BlockKind.ToolCall ? Call(next.Id, next.Name, "") : new ResponsesItem(next.Block, "");
        if (next.Block is BlockKind.Thinking or BlockKind.RedactedThinking)
        {
            return; // Whether there is anything to show is known later.
        }

        Open(output, _item);
        if (next.Block is BlockKind.Text or BlockKind.Refusal)
        {
            WritePart(output, "response.content_part.added", _item);
        }
    }

    private void Open(IBufferWriter<byte> output, ResponsesItem item)
    {
        _isOpen = true;
        WriteEvent(
            output,
            "response.output_item.added",
            static (writer, value) =>
            {
                writer.WriteNumber("output_index"u8, value.Index);
                writer.WritePropertyName("item"u8);
                value.Items.Write(writer, value.Item, value.Index, isWhole: false);
            },
            (Items: _items, Item: item, Index));
    }

    private void WriteBlockDelta(IBufferWriter<byte> output, in NeutralEvent next)
    {
        _text.Append(next.Text);
        switch (next.Block)
        {
            case BlockKind.Text:
                WriteText(output, "response.output_text.delta", _item, "content_index", "delta", next.Text);
                break;
            case BlockKind.Refusal:
                WriteText(output, "response.refusal.delta", _item, "content_index", "delta", next.Text);
                break;
            case BlockKind.Thinking when ShowsReasoning:
                if (!_isOpen)
                {
                    Open(output, _item);
                    WritePart(output, "response.reasoning_summary_part.added", _item);
                }

                WriteText(output, "response.reasoning_summary_text.delta", _item, "summary_index", "delta", next.Text);
                break;
            case BlockKind.ToolCall when !_item.Tool!.IsCustom:
                WriteText(output, "response.function_call_arguments.delta", _item, null, "delta", next.Text);
                break;
            default:
                break;
        }
    }

    private void WriteBlockEnd(IBufferWriter<byte> output)
    {
        var block = new MessageBlock(_begun.Block, _text.ToString(), _signature) { Id = _begun.Id, Name = _begun.Name };
        if (Item(block) is not { } item)
        {
            return;
        }

        switch (item.Kind)
        {
            case BlockKind.Text:
                WriteText(output, "response.output_text.done", item, "content_index", "text", item.Text);
                WritePart(output, "response.content_part.done", item);
                break;
            case BlockKind.Refusal:
                WriteText(output, "response.refusal.done", item, "content_index", "refusal", item.Text);
                WritePart(output, "response.content_part.done", item);
                break;
            case BlockKind.Thinking when _isOpen:
                WriteText(output, "response.reasoning_summary_text.done", item, "summary_index", "text", item.Text);
                WritePart(output, "response.reasoning_summary_part.done", item);
                break;
            case BlockKind.Thinking:
                Open(output, item with { Text = "" });
                break;
            case BlockKind.ToolCall when item.Tool!.IsCustom:
                WriteText(output, "response.custom_tool_call_input.delta", item, null, "delta", item.Text);
                WriteText(output, "response.custom_tool_call_input.done", item, null, "input", item.Text);
                break;
            case BlockKind.ToolCall:
                if (block.Text.Length == 0)
                {
                    WriteText(output, "response.function_call_arguments.delta", item, null, "delta", item.ArgumentsText);
                }

                WriteText(output, "response.function_call_arguments.done", item, null, "arguments", item.ArgumentsText);
                break;
            default:
                break;
        }

        Close(output, item);
    }

    private void Close(IBufferWriter<byte> output, ResponsesItem item)
    {
        var bytes = _items.Bytes(item, Index, isWhole: true);
        WriteEvent(
            output,
            "response.output_item.done",
            static (writer, value) =>
            {
                writer.WriteNumber("output_index"u8, value.Index);
                writer.WritePropertyName("item"u8);
                writer.WriteRawValue(value.Bytes, skipInputValidation: true);
            },
            (Bytes: bytes, Index));
        _soFar.Output.Add(bytes);
    }

    private void WriteStop(IBufferWriter<byte> output, in NeutralEvent next)
    {
        if (next is { Reason: StopReason.Refusal, Detail: { } refusal })
        {
            WriteBlockStart(output, new NeutralEvent(EventKind.BlockStart) { Block = BlockKind.Refusal });
            WriteBlockDelta(output, new NeutralEvent(EventKind.Delta) { Block = BlockKind.Refusal, Text = refusal });
            WriteBlockEnd(output);
        }

        var end = ResponsesEnd.Of(next.Reason, next.Detail);
        WriteResponseEvent(output, $"response.{end.Status}", end);
    }

    private void WriteText(IBufferWriter<byte> output, string type, ResponsesItem item, string? indexName, string member, string text) => WriteEvent(
        output,
        type,
        static (writer, value) =>
        {
            writer.WriteString("item_id"u8, value.Id);
            writer.WriteNumber("output_index"u8, value.Index);
            if (value.IndexName is { } name)
            {
                writer.WriteNumber(name, 0);
            }

            writer.WriteString(value.Member, value.Text);
            if (value.Kind == BlockKind.Text)
            {
                writer.WriteStartArray("logprobs"u8);
                writer.WriteEndArray();
            }
        },
        (Id: _items.Id(item, Index), Index, IndexName: indexName, Member: member, Text: text, item.Kind));

    private void WritePart(IBufferWriter<byte> output, string type, ResponsesItem item) => WriteEvent(
        output,
        type,
        static (writer, value) =>
        {
            writer.WriteString("item_id"u8, value.Id);
            writer.WriteNumber("output_index"u8, value.Index);
            writer.WriteNumber(value.Item.Kind == BlockKind.Thinking ? "summary_index"u8 : "content_index"u8, 0);
            writer.WritePropertyName("part"u8);
            ResponsesItems.WritePart(writer, value.Item);
        },
        (Id: _items.Id(item, Index), Index, Item: item));

    private void WriteResponseEvent(IBufferWriter<byte> output, string type, ResponsesEnd end) => WriteEvent(
        output,
        type,
        static (writer, value) =>
        {
            writer.WritePropertyName("response"u8);
            ResponsesEcho.Write(writer, value.Request, value.SoFar, value.End);
        },
        (Request, SoFar: _soFar, End: end));

    private void WriteEvent<T>(IBufferWriter<byte> output, string type, Action<Utf8JsonWriter, T> write, T value)
    {
        output.Write("event: "u8);
        Encoding.UTF8.GetBytes(type, output);
        output.Write("\ndata: "u8);
        using (var writer = Writer(output))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WriteNumber("sequence_number"u8, _soFar.NextNumber++);
            write(writer, value);
            writer.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }
}
