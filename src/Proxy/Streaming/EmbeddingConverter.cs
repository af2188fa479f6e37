using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Streaming;

/// <summary>Asks for vectors in as many requests as the platform needs, and writes them as the client reads them. One per attempt; not thread-safe.</summary>
/// <param name="inspected">The client's request.</param>
internal sealed class EmbeddingConverter(
    EmbeddingCodec platform, EmbeddingDecoder decoder, EmbeddingClientCodec client, NeutralEmbedding request, InspectedRequest inspected, RequestTarget target)
    : BodyConverter(target.Dropped)
{
    private int _asked;

    /// <summary>Some models say no tokens: the client gets what it is billed by.</summary>
    public override void WriteHeaders(HttpResponse client)
    {
        base.WriteHeaders(client);
        if (!decoder.Usage.IsReported)
        {
            client.Headers["x-gateway-estimated"] = "true";
        }
    }

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
            var usage = decoder.Usage;
            usage.InputTokens ??= UsageEstimate.InputTokens(inspected);
            client.WriteAnswer(writer, request, inspected.Model, decoder.Vectors, usage);
        }

        return null;
    }
}
