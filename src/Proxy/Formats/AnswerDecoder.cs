using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>
/// Reads one answer of a platform into neutral events, whatever pieces it comes in. Not thread-safe; one per attempt. Its usage, completeness and failure are
/// those of <see cref="AnswerReader"/>: what is billed does not depend on who reads.
/// </summary>
internal abstract class AnswerDecoder : AnswerReader
{
    protected EventSequence Sequence { get; } = new();

    /// <summary>Whether anything of the answer has come.</summary>
    public bool HasStarted => Sequence.HasStarted;

    /// <summary>The platform said that the model wrote something that could not be read, and nothing else.</summary>
    public bool IsUnusable { get; protected set; }

    /// <summary>Reads a whole answer that is parsed already; may throw what <see cref="AnswerReader.IsOddJson"/> knows.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="body">The same in bytes.</param>
    public virtual void ReadParsed(JsonElement json, ReadOnlySpan<byte> body) => ReadMessage(body);

    /// <summary>Hands out what has been read since the last call, in order.</summary>
    public void Drain(List<NeutralEvent> events) => Sequence.Drain(events);

    /// <summary>The answer's bytes have ended. Without a reason for the end it was cut.</summary>
    public virtual void Finish()
    {
        if (Sequence.HasReason)
        {
            Sequence.Stop();
        }

        IsComplete = Sequence.HasStopped;
    }

    /// <summary>Without a reason for its end it is none.</summary>
    protected override bool IsWhole => Sequence.HasStopped;

    /// <summary>Forwarding is up to the events: this says only whether the platform is at work.</summary>
    protected EventVerdict Verdict() => Sequence.HasStarted ? EventVerdict.ForwardContent : EventVerdict.Forward;
}
