using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Inspection;

namespace Gateway.Proxy.Formats.GeminiEmbeddings;

/// <summary>Gemini's embedContent.</summary>
/// <remarks>Source: Gemini API reference, Embeddings, v1beta, read 2026-11.</remarks>
internal sealed class GeminiEmbeddingFormat : GeminiFormat
{
    private static readonly RequestShape Request = new(new FieldRule("content", JsonKinds.Object, Required: true));

    public override WireFormat Wire => WireFormat.GeminiEmbedding;

    public override RequestShape Shape(Operation operation) => Request;

    public override AnswerReader CreateReader(InspectedRequest request) => new GeminiEmbeddingReader();
}

/// <summary>Gemini's batchEmbedContents.</summary>
/// <inheritdoc cref="GeminiEmbeddingFormat"/>
internal sealed class GeminiEmbeddingBatchFormat : GeminiFormat
{
    private static readonly RequestShape Request = new(new FieldRule("requests", JsonKinds.Array, Required: true));

    public override WireFormat Wire => WireFormat.GeminiEmbeddingBatch;

    public override RequestShape Shape(Operation operation) => Request;

    public override AnswerReader CreateReader(InspectedRequest request) => new GeminiEmbeddingReader();
}
