using System.Buffers;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.OpenAiEmbeddings;

/// <summary>OpenAI Embeddings.</summary>
/// <remarks>Source: OpenAI API reference, Embeddings, read 2026-11.</remarks>
internal sealed class OpenAiEmbeddingFormat : ClientFormat
{
    private static readonly RequestShape Request = new(
        new FieldRule("model", JsonKinds.String, Required: true),
        new FieldRule("input", JsonKinds.String | JsonKinds.Array, Required: true),
        new FieldRule("dimensions", JsonKinds.NullableInteger, 1),
        new FieldRule("encoding_format", JsonKinds.NullableString),
        new FieldRule("user", JsonKinds.NullableString));

    public override WireFormat Wire => WireFormat.OpenAiEmbeddings;

    public override string Name => "openai_embeddings";

    public override RequestShape Shape(Operation operation) => Request;

    public override AnswerReader CreateReader(InspectedRequest request) => new OpenAiEmbeddingReader();

    public override void CollectEdits(InspectedRequest request, string upstreamModel, ModelCapabilities model, List<BodyEdit> edits) => SetModel(request, upstreamModel, edits);

    public override void WriteError(IBufferWriter<byte> output, Failure failure, string requestId) => OpenAiErrorReply.Write(output, failure);

    /// <summary>Embeddings are never streamed.</summary>
    public override void WriteStreamError(IBufferWriter<byte> output, Failure failure, string requestId, AnswerSoFar? soFar) => WriteError(output, failure, requestId);
}
