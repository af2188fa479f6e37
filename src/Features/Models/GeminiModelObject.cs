using System.Text.Json;
using Gateway.Infrastructure.Http;
using Gateway.Proxy.Scheduling;

namespace Gateway.Features.Models;

/// <summary>Models as Gemini clients read them.</summary>
/// <remarks>Source: Gemini API reference, Models, v1beta, read 2026-11. Limits in tokens are left out: the gateway does not know those of every platform.</remarks>
internal static class GeminiModelObject
{
    private static readonly string[] Generates = ["generateContent", "streamGenerateContent", "countTokens"];
    private static readonly string[] Embeds = ["embedContent", "batchEmbedContents", "countTokens"];

    public static void Write(Utf8JsonWriter writer, ReachableModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, model.Name.StartsWith(ModelInPath.TunedModels, StringComparison.Ordinal) ? model.Name : $"models/{model.Name}");
        writer.WriteString("displayName"u8, model.Name);
        writer.WriteStartArray("supportedGenerationMethods"u8);
        foreach (var method in model.IsEmbedding ? Embeds : Generates)
        {
            writer.WriteStringValue(method);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <param name="nextPage">What leads to the next page; null: this is the last.</param>
    public static void WriteList(Utf8JsonWriter writer, IEnumerable<ReachableModel> models, string? nextPage)
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
