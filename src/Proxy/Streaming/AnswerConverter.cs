using System.Buffers;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Streaming;

/// <summary>Turns what a decoder has read into what the client's encoder writes. One per attempt; not thread-safe.</summary>
internal sealed class AnswerConverter(AnswerDecoder decoder, AnswerEncoder encoder)
{
    private readonly List<NeutralEvent> _events = [];

    public string StreamType => encoder.StreamType;

    /// <summary>Writes what has become ready since the last call.</summary>
    public void WriteEvents(IBufferWriter<byte> output)
    {
        decoder.Drain(_events);
        foreach (var next in _events)
        {
            encoder.WriteEvent(output, next, decoder.Usage);
        }

        _events.Clear();
    }

    /// <summary>Writes an answer that was read whole.</summary>
    public void WriteMessage(IBufferWriter<byte> output)
    {
        decoder.Drain(_events);
        encoder.WriteMessage(output, NeutralMessage.Fold(_events), decoder.Usage);
    }
}
