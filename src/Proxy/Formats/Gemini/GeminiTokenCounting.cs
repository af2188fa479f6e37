using System.Text.Json;

namespace Gateway.Proxy.Formats.Gemini;

/// <remarks>Source: Gemini API reference, countTokens, v1beta, read 2026-11.</remarks>
internal sealed class GeminiTokenCounting : TokenCounting
{
    public static readonly GeminiTokenCounting Instance = new();

    public override void WriteRequest(Utf8JsonWriter writer, JsonElement request, string model)
    {
        // Only in this form do instructions and tools count.
        writer.WriteStartObject();
        writer.WriteStartObject("generateContentRequest"u8);
        writer.WriteString("model"u8, model.Contains('/', StringComparison.Ordinal) ? model : $"models/{model}");
        foreach (var member in request.EnumerateObject())
        {
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public override long? ReadAnswer(JsonElement answer) => answer.Integer("totalTokens");

    public override void WriteAnswer(Utf8JsonWriter writer, long tokens)
    {
        writer.WriteStartObject();
        writer.WriteNumber("totalTokens"u8, tokens);
        writer.WriteEndObject();
    }
}
