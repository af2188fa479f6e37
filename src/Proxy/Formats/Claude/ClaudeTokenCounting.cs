using System.Text.Json;

namespace Gateway.Proxy.Formats.Claude;

/// <remarks>Source: Anthropic API reference, Count tokens in a Message, read 2026-11.</remarks>
internal sealed class ClaudeTokenCounting : TokenCounting
{
    public static readonly ClaudeTokenCounting Instance = new();

    private static readonly string[] Members = ["model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"];

    public override void WriteRequest(Utf8JsonWriter writer, JsonElement request, string model) => WriteMembers(writer, request, Members);

    public override long? ReadAnswer(JsonElement answer) => answer.Integer("input_tokens");

    public override void WriteAnswer(Utf8JsonWriter writer, long tokens)
    {
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, tokens);
        writer.WriteEndObject();
    }
}
