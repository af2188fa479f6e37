using System.Buffers;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Streaming;

/// <summary>Turns what a decoder has read into what the client's encoder writes. One per attempt; not thread-safe.</summary>
/// <param name="target">Where the request went, and what it lost on its way.</param>
internal sealed class AnswerConverter(AnswerDecoder decoder, AnswerEncoder encoder, RequestTarget target) : BodyConverter(target.Dropped)
{
    private readonly List<NeutralEvent> _events = [];

    /// <summary>The upstream's bytes have ended.</summary>
    public void Finish() => decoder.Finish();

    public override AnswerSoFar? SoFar => encoder.SoFar;

    /// <summary>Writes what has become ready since the last call.</summary>
    public void WriteEvents(IBufferWriter<byte> output)
    {
        decoder.Drain(_events);
        foreach (var next in _events)
        {
            encoder.WriteEvent(output, Restored(next), decoder.Usage);
        }

        _events.Clear();
    }

    public override Failure? Convert(ReadOnlySpan<byte> body, bool asStream, IBufferWriter<byte> output)
    {
        if (!decoder.IsComplete)
        {
            return new Failure(FailureKind.Server, "The upstream's answer has no end.");
        }

        if (asStream)
        {
            WriteEvents(output);
        }
        else
        {
            WriteMessage(output);
        }

        return null;
    }

    /// <summary>Writes an answer that was read whole.</summary>
    public void WriteMessage(IBufferWriter<byte> output)
    {
        decoder.Drain(_events);
        encoder.WriteMessage(output, NeutralMessage.Fold(_events.Select(next => Restored(next))), decoder.Usage);
    }

    private NeutralEvent Restored(in NeutralEvent next) => target.EmulatesOutput ? EmulatedOutput.Restore(next) : next;
}
