using System.Text.Json;
using Gateway.Proxy.Formats.GeminiEmbeddings;
using Gateway.Proxy.Formats.OpenAiEmbeddings;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>One wire format of embeddings to and from neutral words.</summary>
internal abstract class EmbeddingCodec
{
    /// <returns>Null: the request holds something that only its own format can carry; <paramref name="failure"/> names it.</returns>
    public abstract NeutralEmbedding? DecodeRequest(JsonElement body, out Failure? failure);

    public abstract void WriteRequest(Utf8JsonWriter writer, NeutralEmbedding request, RequestTarget target);

    public abstract EmbeddingDecoder CreateDecoder();

    /// <param name="model">As the client spells it.</param>
    public abstract void WriteAnswer(Utf8JsonWriter writer, NeutralEmbedding request, string model, IReadOnlyList<float[]> vectors, in TokenUsage usage);

    public static EmbeddingCodec Of(WireFormat wire) => wire switch
    {
        WireFormat.OpenAiEmbeddings => OpenAiEmbeddingCodec.Instance,
        WireFormat.GeminiEmbedding => GeminiEmbeddingCodec.Single,
        WireFormat.GeminiEmbeddingBatch => GeminiEmbeddingCodec.Batch,
        _ => throw new InvalidOperationException($"{wire} has no embeddings."),
    };
}

/// <summary>Reads a platform's vectors, and its usage as every reader does. One per attempt; not thread-safe.</summary>
/// <param name="reader">The format's reader of answers that pass as they are.</param>
internal abstract class EmbeddingDecoder(AnswerReader reader) : AnswerReader
{
    /// <summary>In the order of the texts.</summary>
    public IReadOnlyList<float[]> Vectors { get; private set; } = [];

    /// <summary>Embeddings are never streamed.</summary>
    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => EventVerdict.Unreadable;

    protected override void ReadMessage(ReadOnlySpan<byte> body)
    {
        reader.ReadBody(body);
        Usage = reader.Usage;
        Failure = reader.Failure;
        if (Failure is null)
        {
            Vectors = [.. ReadVectors(JsonElement.Parse(body))];
        }
    }

    protected abstract IEnumerable<float[]> ReadVectors(JsonElement answer);

    protected static float[] Vector(IEnumerable<JsonElement> numbers) => [.. numbers.Select(number => number.GetSingle())];
}
