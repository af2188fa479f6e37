using System.Buffers.Binary;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiEmbeddings;

/// <remarks>Source: OpenAI API reference, Embeddings, read 2026-11.</remarks>
internal sealed class OpenAiEmbeddingCodec : EmbeddingClientCodec
{
    public static readonly OpenAiEmbeddingCodec Instance = new();

    public override NeutralEmbedding? DecodeRequest(JsonElement body, out Failure? failure)
    {
        failure = null;
        var input = body.Get("input");
        IReadOnlyList<string> texts = input.ValueKind == JsonValueKind.Array && input.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String) ? [] : body.Texts("input");
        if (texts.Count == 0 || texts.Any(text => text.Length == 0))
        {
            failure = Failure.Invalid("input", "'input' must be a text or a list of texts, none of them empty: the platform that serves this model takes no token numbers.");
            return null;
        }

        if (body.Text("encoding_format") is not (null or "float" or "base64"))
        {
            failure = Failure.Invalid("encoding_format", "'encoding_format' must be 'float' or 'base64'.");
            return null;
        }

        return new NeutralEmbedding(texts)
        {
            TextsField = "input",
            Dimensions = body.Integer("dimensions"),
            AsBase64 = body.Text("encoding_format") == "base64",
        };
    }

    public override void WriteRequest(Utf8JsonWriter writer, NeutralEmbedding request, RequestTarget target)
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, target.Model);
        writer.WriteStartArray("input"u8);
        foreach (var text in request.Texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
        writer.WriteString("encoding_format"u8, "float"u8);
        if (request.Dimensions is { } dimensions)
        {
            writer.WriteNumber("dimensions"u8, dimensions);
        }

        writer.WriteEndObject();
    }

    public override EmbeddingDecoder CreateDecoder() => new Decoder();

    public override void WriteAnswer(Utf8JsonWriter writer, NeutralEmbedding request, string model, IReadOnlyList<float[]> vectors, in TokenUsage usage)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        for (var i = 0; i < vectors.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "embedding"u8);
            writer.WriteNumber("index"u8, i);
            WriteVector(writer, vectors[i], request.AsBase64);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("model"u8, model);
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, usage.TotalInputTokens);
        writer.WriteNumber("total_tokens"u8, usage.TotalInputTokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteVector(Utf8JsonWriter writer, float[] vector, bool asBase64)
    {
        // Clients of this format rely on vectors of length one, which other platforms do not give for every dimension.
        var length = MathF.Sqrt(vector.Sum(number => number * number));
        var factor = length > 0 && MathF.Abs(length - 1) > 1e-3f ? 1 / length : 1;
        if (asBase64)
        {
            var bytes = new byte[vector.Length * sizeof(float)];
            for (var i = 0; i < vector.Length; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i] * factor);
            }

            writer.WriteBase64String("embedding"u8, bytes);
            return;
        }

        writer.WriteStartArray("embedding"u8);
        foreach (var number in vector)
        {
            writer.WriteNumberValue(number * factor);
        }

        writer.WriteEndArray();
    }

    private sealed class Decoder : EmbeddingDecoder
    {
        protected override long? ReadTokens(ReadOnlySpan<byte> body, JsonElement answer) => ReadTokens(new OpenAiEmbeddingReader(), body);

        protected override IEnumerable<float[]> ReadVectors(JsonElement answer) =>
            answer.Items("data").OrderBy(item => item.Integer("index") ?? 0).Select(item => Vector(item.Items("embedding")));
    }
}
