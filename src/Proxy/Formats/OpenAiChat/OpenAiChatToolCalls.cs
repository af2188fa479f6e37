using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>The calls of an answer as chat completion clients read them: whole, or in the pieces of a stream.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions and their streaming, read 2026-11.</remarks>
internal sealed class OpenAiChatToolCalls(AnswerContext context)
{
    private bool IsLegacy => context.Request.HasLegacyFunctions;

    /// <summary>Whether a call is one of a custom tool: then its arguments are one text, which travels as the member <c>input</c>.</summary>
    /// <param name="sent">The tool's name as the platform has it.</param>
    public bool IsCustom(string sent)
    {
        var name = context.ToolName(sent);
        return context.Request.Tools.Any(tool => tool.IsCustom && tool.Name == name);
    }

    /// <summary>All calls of a message, into its object.</summary>
    public void Write(Utf8JsonWriter writer, List<MessageBlock> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        if (IsLegacy)
        {
            WriteFunction(writer, "function_call"u8, calls[0].Name, calls[0].ArgumentsText);
            return;
        }

        writer.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            writer.WriteStartObject();
            if (IsCustom(call.Name))
            {
                WriteCustomMembers(writer, call.Id, call.Name, call.Text);
            }
            else
            {
                writer.WriteString("id"u8, call.Id);
                writer.WriteString("type"u8, "function"u8);
                WriteFunction(writer, "function"u8, call.Name, call.ArgumentsText);
            }

            WriteSignature(writer, call.Signature);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>The delta with which a call begins.</summary>
    /// <param name="index">Of the call among those of the answer.</param>
    public void WriteStart(Utf8JsonWriter writer, int index, in NeutralEvent begun) => WriteDelta(writer, index, begun, "");

    /// <summary>A delta with a piece of a call's arguments.</summary>
    public void WriteArguments(Utf8JsonWriter writer, int index, string arguments) => WriteDelta(writer, index, null, arguments);

    /// <summary>The delta that is a whole call of a custom tool.</summary>
    public void WriteCustom(Utf8JsonWriter writer, int index, in NeutralEvent begun, string arguments)
    {
        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        WriteCustomMembers(writer, begun.Id, begun.Name, arguments);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private void WriteDelta(Utf8JsonWriter writer, int index, NeutralEvent? begun, string arguments)
    {
        if (IsLegacy && index > 0)
        {
            return; // There is one function call, or none.
        }

        if (IsLegacy)
        {
            WriteFunction(writer, "function_call"u8, begun?.Name, arguments);
            return;
        }

        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        if (begun is { } call)
        {
            writer.WriteString("id"u8, call.Id);
            writer.WriteString("type"u8, "function"u8);
        }

        WriteFunction(writer, "function"u8, begun?.Name, arguments);
        WriteSignature(writer, begun?.Signature);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    /// <param name="name">As the platform has it; null: it has been told.</param>
    private void WriteFunction(Utf8JsonWriter writer, ReadOnlySpan<byte> member, string? name, string arguments)
    {
        writer.WriteStartObject(member);
        if (name is not null)
        {
            writer.WriteString("name"u8, context.ToolName(name));
        }

        writer.WriteString("arguments"u8, arguments);
        writer.WriteEndObject();
    }

    private void WriteCustomMembers(Utf8JsonWriter writer, string id, string name, string arguments)
    {
        writer.WriteString("id"u8, id);
        writer.WriteString("type"u8, "custom"u8);
        writer.WriteStartObject("custom"u8);
        writer.WriteString("name"u8, context.ToolName(name));
        writer.WriteString("input"u8, ToolArguments.UnwrapInput(arguments));
        writer.WriteEndObject();
    }

    /// <summary>Where clients of Google's own compatible server look for it.</summary>
    private void WriteSignature(Utf8JsonWriter writer, string? signature)
    {
        if (signature is null)
        {
            return;
        }

        writer.WriteStartObject("extra_content"u8);
        writer.WriteStartObject("google"u8);
        writer.WriteString("thought_signature"u8, context.Signature(signature));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
