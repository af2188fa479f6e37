using System.Buffers;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>The client's side of a wire format: what its requests look like, how its answers are read on the way, how its errors are written.</summary>
/// <remarks>Stateless: one instance serves every request. What belongs to one answer is in its <see cref="AnswerReader"/>.</remarks>
internal abstract class ClientFormat
{
    public abstract WireFormat Wire { get; }

    /// <summary>Name in records and logs.</summary>
    public abstract string Name { get; }

    /// <summary>The members of a request that the gateway checks.</summary>
    public abstract RequestShape Shape(Operation operation);

    /// <summary>Reads one answer as it passes.</summary>
    public abstract AnswerReader CreateReader(InspectedRequest request);

    /// <summary>What is edited in a request that goes on in the same format. The rest stays byte for byte.</summary>
    public abstract void CollectEdits(InspectedRequest request, string upstreamModel, List<BodyEdit> edits);

    public abstract int StatusOf(FailureKind kind);

    /// <summary>The whole body of an error reply.</summary>
    public abstract void WriteError(IBufferWriter<byte> output, Failure failure, string requestId);

    /// <summary>A sign of life in a silent stream: something that every client of the format skips.</summary>
    public virtual ReadOnlySpan<byte> KeepAlive => ": keep-alive\n\n"u8;

    /// <summary>An error inside a stream whose status line is long gone.</summary>
    /// <param name="soFar">What the client has got; null: nobody kept it.</param>
    public abstract void WriteStreamError(IBufferWriter<byte> output, Failure failure, string requestId, AnswerSoFar? soFar);
}
