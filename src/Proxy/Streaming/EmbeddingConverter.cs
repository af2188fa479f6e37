using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Streaming;

/// <summary>Writes a platform's vectors as the client reads them.</summary>
/// <param name="model">As the client spells it.</param>
internal sealed class EmbeddingConverter(EmbeddingDecoder decoder, EmbeddingCodec client, NeutralEmbedding request, string model, IReadOnlyList<string> dropped)
    : BodyConverter(dropped)
{
    public override Failure? Convert(ReadOnlySpan<byte> body, bool asStream, IBufferWriter<byte> output)
    {
        if (decoder.Vectors.Count != request.Texts.Count)
        {
            return new Failure(FailureKind.Server, $"The upstream answered {request.Texts.Count} texts with {decoder.Vectors.Count} vectors.");
        }

        using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
        client.WriteAnswer(writer, request, model, decoder.Vectors, decoder.Usage);
        return null;
    }
}
