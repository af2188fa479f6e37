using System.Text.Json;
using Gateway.Proxy.Formats.BedrockEmbeddings;
using Gateway.Proxy.Formats.GeminiEmbeddings;
using Gateway.Proxy.Formats.OpenAiEmbeddings;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>One wire format of embeddings, out of neutral words and back.</summary>
internal abstract class EmbeddingCodec
{
    /// <summary>How many texts one request of the platform takes; more are sent in several.</summary>
    public virtual int MostTexts => int.MaxValue;

    public abstract void WriteRequest(Utf8JsonWriter writer, NeutralEmbedding request, RequestTarget target);

    public abstract EmbeddingDecoder CreateDecoder();

    public static EmbeddingCodec Of(WireFormat wire) => wire switch
    {
        WireFormat.OpenAiEmbeddings => OpenAiEmbeddingCodec.Instance,
        WireFormat.GeminiEmbedding => GeminiEmbeddingCodec.Single,
        WireFormat.GeminiEmbeddingBatch => GeminiEmbeddingCodec.Batch,
        WireFormat.TitanEmbedding => TitanEmbeddingCodec.Instance,
        WireFormat.CohereEmbedding => CohereEmbeddingCodec.Instance,
        _ => throw new InvalidOperationException($"{wire} has no embeddings."),
    };
}

/// <summary>A wire format of embeddings that clients speak, too.</summary>
internal abstract class EmbeddingClientCodec : EmbeddingCodec
{
    /// <returns>Null: the request holds something that only its own format can carry; <paramref name="failure"/> names it.</returns>
    public abstract NeutralEmbedding? DecodeRequest(JsonElement body, out Failure? failure);

    /// <param name="model">As the client spells it.</param>
    public abstract void WriteAnswer(Utf8JsonWriter writer, NeutralEmbedding request, string model, IReadOnlyList<float[]> vectors, in TokenUsage usage);

    public static new EmbeddingClientCodec Of(WireFormat wire) => (EmbeddingClientCodec)EmbeddingCodec.Of(wire);
}

/// <summary>Reads a platform's vectors, of one answer or of several one behind the other, and its usage as every reader does. One per attempt; not thread-safe.</summary>
internal abstract class EmbeddingDecoder : AnswerReader
{
    private readonly List<float[]> _vectors = [];

    /// <summary>In the order of the texts.</summary>
    public IReadOnlyList<float[]> Vectors => _vectors;

    /// <summary>Embeddings are never streamed.</summary>
    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => EventVerdict.Unreadable;

    protected override void ReadMessage(ReadOnlySpan<byte> body)
    {
        var answer = JsonElement.Parse(body);
        if (ReadTokens(body, answer) is { } tokens)
        {
            Usage.InputTokens = (Usage.InputTokens ?? 0) + tokens;
        }

        if (Failure is null)
        {
            _vectors.AddRange(ReadVectors(answer));
        }
    }

    /// <summary>The tokens of an answer; null: it does not say them. May set a failure that the answer holds.</summary>
    protected abstract long? ReadTokens(ReadOnlySpan<byte> body, JsonElement answer);

    protected abstract IEnumerable<float[]> ReadVectors(JsonElement answer);

    /// <summary>By the format's reader of answers that pass as they are.</summary>
    protected long? ReadTokens(AnswerReader reader, ReadOnlySpan<byte> body)
    {
        reader.ReadBody(body);
        Failure = reader.Failure;
        return reader.Usage.IsReported ? reader.Usage.TotalInputTokens : null;
    }

    protected static float[] Vector(IEnumerable<JsonElement> numbers) => [.. numbers.Select(number => number.GetSingle())];
}
