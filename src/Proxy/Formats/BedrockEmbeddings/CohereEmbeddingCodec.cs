using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.BedrockEmbeddings;

/// <summary>Cohere Embed: up to 96 texts in a request. Its answers say no tokens.</summary>
/// <remarks>Source: Amazon Bedrock user guide, Cohere Embed and Cohere Embed v4, read 2026-11.</remarks>
internal sealed class CohereEmbeddingCodec : EmbeddingCodec
{
    public static readonly CohereEmbeddingCodec Instance = new();

    public override int MostTexts => 96;

    public override void WriteRequest(Utf8JsonWriter writer, NeutralEmbedding request, RequestTarget target)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("texts"u8);
        foreach (var text in request.Texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();

        // Required, and no other format says what the vectors are for.
        writer.WriteString("input_type"u8, "search_document"u8);
        writer.WriteStartArray("embedding_types"u8);
        writer.WriteStringValue("float"u8);
        writer.WriteEndArray();
        if (request.Dimensions is { } dimensions)
        {
            writer.WriteNumber("output_dimension"u8, dimensions);
        }

        writer.WriteEndObject();
    }

    public override EmbeddingDecoder CreateDecoder() => new Decoder();

    private sealed class Decoder : EmbeddingDecoder
    {
        protected override long? ReadTokens(ReadOnlySpan<byte> body, JsonElement answer) => null;

        /// <summary>By type, since one was named; older models leave the types out.</summary>
        protected override IEnumerable<float[]> ReadVectors(JsonElement answer) =>
            (answer.Object("embeddings") is { } byType ? byType.Items("float") : answer.Items("embeddings")).Select(numbers => Vector(numbers.EnumerateArray()));
    }
}
