using System.Text.Json;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <remarks>Source: OpenAI API reference, Get input token counts, read 2026-11.</remarks>
internal sealed class ResponsesTokenCounting : TokenCounting
{
    public static readonly ResponsesTokenCounting Instance = new();

    private static readonly string[] Members = ["model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "text", "reasoning", "truncation"];

    public override void WriteRequest(Utf8JsonWriter writer, JsonElement request, string model) => WriteMembers(writer, request, Members);

    public override long? ReadAnswer(JsonElement answer) => answer.Integer("input_tokens");

    public override void WriteAnswer(Utf8JsonWriter writer, long tokens)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "response.input_tokens"u8);
        writer.WriteNumber("input_tokens"u8, tokens);
        writer.WriteEndObject();
    }
}
