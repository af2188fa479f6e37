using System.Buffers;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Streaming;

/// <summary>Turns what a decoder has read into what the client's encoder writes. One per attempt; not thread-safe.</summary>
/// <param name="dropped">What the request lost on its way, in the client's words.</param>
internal sealed class AnswerConverter(AnswerDecoder decoder, AnswerEncoder encoder, IReadOnlyList<string> dropped)
{
    private readonly List<NeutralEvent> _events = [];

    /// <summary>Names what the request lost on its way (<c>x-gateway-dropped</c>).</summary>
    public void WriteHeaders(HttpResponse client)
    {
        if (dropped.Count > 0)
        {
            client.Headers["x-gateway-dropped"] = string.Join(", ", dropped);
        }
    }

    /// <summary>The upstream's bytes have ended.</summary>
    public void Finish() => decoder.Finish();

    public string StreamType => encoder.StreamType;

    /// <inheritdoc cref="AnswerEncoder.SoFar"/>
    public AnswerSoFar? SoFar => encoder.SoFar;

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
