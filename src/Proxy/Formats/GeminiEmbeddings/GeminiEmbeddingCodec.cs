using System.Text.Json;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.GeminiEmbeddings;

/// <summary>One text (embedContent) or several (batchEmbedContents).</summary>
/// <remarks>Source: Gemini API reference, Embeddings, v1beta, read 2026-11.</remarks>
internal sealed class GeminiEmbeddingCodec : EmbeddingClientCodec
{
    public static readonly GeminiEmbeddingCodec Single = new(isBatch: false);
    public static readonly GeminiEmbeddingCodec Batch = new(isBatch: true);

    private readonly bool _isBatch;

    private GeminiEmbeddingCodec(bool isBatch) => _isBatch = isBatch;

    /// <summary>As many as one batch takes.</summary>
    public override int MostTexts => 100;

    public override NeutralEmbedding? DecodeRequest(JsonElement body, out Failure? failure)
    {
        failure = null;
        List<JsonElement> requests = _isBatch ? [.. body.Items("requests")] : [body];
        var field = _isBatch ? "requests" : "content";
        var texts = new List<string>(requests.Count);
        foreach (var request in requests)
        {
            var parts = request.Get("content").Items("parts").ToList();
            if (parts.Count == 0 || parts.Exists(part => part.Text("text") is not { Length: > 0 }))
            {
                failure = Failure.Invalid(field, $"'{field}' must hold text, and nothing else, for the platform that serves this model.");
                return null;
            }

            texts.Add(string.Concat(parts.Select(part => part.Text("text"))));
        }

        var dimensions = requests.Select(request => request.ProtoInteger("outputDimensionality")).Distinct().ToList();
        if (texts.Count == 0 || dimensions.Count > 1)
        {
            failure = Failure.Invalid(field, texts.Count == 0 ? $"'{field}' must hold at least one text." : "'outputDimensionality' must be the same in all requests for the platform that serves this model.");
            return null;
        }

        return new NeutralEmbedding(texts)
        {
            TextsField = field,
            Dimensions = dimensions[0],
            Untranslatable = [.. Names.Where(name => requests.Exists(request => request.Proto(name).ValueKind != JsonValueKind.Undefined))],
        };
    }

    private static readonly string[] Names = ["taskType", "title"];

    public override void WriteRequest(Utf8JsonWriter writer, NeutralEmbedding request, RequestTarget target)
    {
        var model = target.Model.StartsWith("models/", StringComparison.Ordinal) ? target.Model : $"models/{target.Model}";
        writer.WriteStartObject();
        writer.WriteStartArray("requests"u8);
        foreach (var text in request.Texts)
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, model);
            writer.WriteStartObject("content"u8);
            writer.WriteStartArray("parts"u8);
            writer.WriteStartObject();
            writer.WriteString("text"u8, text);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
            if (request.Dimensions is { } dimensions)
            {
                writer.WriteNumber("outputDimensionality"u8, dimensions);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public override EmbeddingDecoder CreateDecoder() => new Decoder();

    public override void WriteAnswer(Utf8JsonWriter writer, NeutralEmbedding request, string model, IReadOnlyList<float[]> vectors, in TokenUsage usage)
    {
        writer.WriteStartObject();
        if (_isBatch)
        {
            writer.WriteStartArray("embeddings"u8);
            foreach (var vector in vectors)
            {
                writer.WriteStartObject();
                WriteValues(writer, vector);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStartObject("embedding"u8);
            WriteValues(writer, vectors[0]);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("usageMetadata"u8);
        writer.WriteNumber("promptTokenCount"u8, usage.TotalInputTokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter writer, float[] vector)
    {
        writer.WriteStartArray("values"u8);
        foreach (var number in vector)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private sealed class Decoder : EmbeddingDecoder
    {
        protected override long? ReadTokens(ReadOnlySpan<byte> body, JsonElement answer) => ReadTokens(new GeminiEmbeddingReader(), body);

        protected override IEnumerable<float[]> ReadVectors(JsonElement answer) => answer.Items("embeddings").Select(embedding => Vector(embedding.Items("values")));
    }
}
