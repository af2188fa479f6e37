using System.Text.Json;

namespace Gateway.Features.Models;

/// <summary>Models as Gemini clients read them.</summary>
/// <remarks>Source: Gemini API reference, Models, v1beta, read 2026-11. Limits in tokens are left out: the gateway does not know those of every platform.</remarks>
internal static class GeminiModelObject
{
    private static readonly string[] Methods = ["generateContent", "streamGenerateContent", "countTokens"];

    public static void Write(Utf8JsonWriter writer, string model)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, $"models/{model}");
        writer.WriteString("displayName"u8, model);
        writer.WriteStartArray("supportedGenerationMethods"u8);
        foreach (var method in Methods)
        {
            writer.WriteStringValue(method);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <param name="nextPage">What leads to the next page; null: this is the last.</param>
    public static void WriteList(Utf8JsonWriter writer, IEnumerable<string> models, string? nextPage)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("models"u8);
        foreach (var model in models)
        {
            Write(writer, model);
        }

        writer.WriteEndArray();
        if (nextPage is not null)
        {
            writer.WriteString("nextPageToken"u8, nextPage);
        }

        writer.WriteEndObject();
    }
}
