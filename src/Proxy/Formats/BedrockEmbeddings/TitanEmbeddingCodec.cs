using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.BedrockEmbeddings;

/// <summary>Amazon Titan: one text in a request.</summary>
/// <remarks>Source: Amazon Bedrock user guide, Amazon Titan Embeddings Text, read 2026-11.</remarks>
internal sealed class TitanEmbeddingCodec : EmbeddingCodec
{
    public static readonly TitanEmbeddingCodec Instance = new();

    public override int MostTexts => 1;

    public override void WriteRequest(Utf8JsonWriter writer, NeutralEmbedding request, RequestTarget target)
    {
        writer.WriteStartObject();
        writer.WriteString("inputText"u8, request.Texts[0]);
        if (target.Capabilities.EmbeddingDimensions)
        {
            if (request.Dimensions is { } dimensions)
            {
                writer.WriteNumber("dimensions"u8, dimensions);
            }

            writer.WriteBoolean("normalize"u8, true);
        }

        writer.WriteEndObject();
    }

    public override EmbeddingDecoder CreateDecoder() => new Decoder();

    private sealed class Decoder : EmbeddingDecoder
    {
        protected override long? ReadTokens(ReadOnlySpan<byte> body, JsonElement answer) => answer.Integer("inputTextTokenCount");

        protected override IEnumerable<float[]> ReadVectors(JsonElement answer) => [Vector(answer.Items("embedding"))];
    }
}
