using System.Buffers;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Streaming;

/// <summary>Turns what a decoder has read into what the client's encoder writes. One per attempt; not thread-safe.</summary>
internal sealed class AnswerConverter : BodyConverter
{
    private readonly List<NeutralEvent> _events = [];
    private readonly AnswerDecoder _decoder;
    private readonly (AnswerDecoder Decoder, AnswerEncoder Encoder)[] _candidates;
    private readonly RequestTarget _target;

    /// <param name="platform">Whose answer is read.</param>
    /// <param name="client">Whose answer is written.</param>
    public AnswerConverter(Codec platform, ClientCodec client, AnswerContext context)
        : base(context.Target.Dropped)
    {
        _target = context.Target;
        var hasSeveral = context.Request.Candidates > 1 && platform.CandidateList is not null;
        _candidates =
        [
            .. Enumerable.Range(0, hasSeveral ? (int)context.Request.Candidates : 1)
                .Select(candidate => (platform.CreateAnswerDecoder(hasSeveral ? candidate : null), client.CreateAnswerEncoder(context with { Candidate = candidate }))),
        ];
        _decoder = hasSeveral ? new CandidatesDecoder([.. _candidates.Select(candidate => candidate.Decoder)], platform.CandidateList!) : _candidates[0].Decoder;
    }

    /// <summary>Reads the platform's bytes.</summary>
    public AnswerDecoder Decoder => _decoder;

    /// <summary>The upstream's bytes have ended.</summary>
    public void Finish() => _decoder.Finish();

    public override AnswerSoFar? SoFar => _candidates[0].Encoder.SoFar;

    /// <summary>Writes what has become ready since the last call.</summary>
    public void WriteEvents(IBufferWriter<byte> output)
    {
        var hasStopped = false;
        foreach (var (decoder, encoder) in _candidates)
        {
            decoder.Drain(_events);
            foreach (var next in _events)
            {
                encoder.WriteEvent(output, Restored(next), _decoder.Usage);
                hasStopped |= next.Kind == EventKind.Stop;
            }

            _events.Clear();
        }

        if (hasStopped && _decoder.IsComplete)
        {
            // Not when one of several was cut: clients take it for a proper end.
            _candidates[0].Encoder.WriteEnd(output, _decoder.Usage);
        }
    }

    public override Failure? Convert(ReadOnlySpan<byte> body, bool asStream, IBufferWriter<byte> output)
    {
        if (!_decoder.IsComplete)
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
        var messages = _candidates.Where(candidate => candidate.Decoder.HasStarted).Select(candidate => Fold(candidate.Decoder)).ToList();
        _candidates[0].Encoder.WriteMessage(output, messages[0] with { Alternatives = messages[1..] }, _decoder.Usage);
    }

    private NeutralMessage Fold(AnswerDecoder decoder)
    {
        _events.Clear();
        decoder.Drain(_events);
        return NeutralMessage.Fold(_events.Select(next => Restored(next)));
    }

    private NeutralEvent Restored(in NeutralEvent next) => _target.EmulatesOutput ? EmulatedOutput.Restore(next) : next;
}
