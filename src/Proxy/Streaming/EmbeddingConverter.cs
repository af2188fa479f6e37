using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Streaming;

/// <summary>Asks for vectors in as many requests as the platform needs, and writes them as the client reads them. One per attempt; not thread-safe.</summary>
/// <param name="model">As the client spells it.</param>
internal sealed class EmbeddingConverter(
    EmbeddingCodec platform, EmbeddingDecoder decoder, EmbeddingClientCodec client, NeutralEmbedding request, string model, RequestTarget target) : BodyConverter(target.Dropped)
{
    private int _asked;

    public override bool IsWhole => _asked == request.Texts.Count;

    /// <summary>Writes the next request to the platform.</summary>
    public void WriteRequest(IBufferWriter<byte> output)
    {
        var texts = request.Texts.Skip(_asked).Take(platform.MostTexts).ToList();
        _asked += texts.Count;
        using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
        platform.WriteRequest(writer, request with { Texts = texts }, target);
    }

    public override Failure? Convert(ReadOnlySpan<byte> body, bool asStream, IBufferWriter<byte> output)
    {
        if (decoder.Vectors.Count != _asked)
        {
            return new Failure(FailureKind.Server, $"The upstream answered {_asked} texts with {decoder.Vectors.Count} vectors.");
        }

        if (IsWhole)
        {
            using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
            client.WriteAnswer(writer, request, model, decoder.Vectors, decoder.Usage);
        }

        return null;
    }
}
