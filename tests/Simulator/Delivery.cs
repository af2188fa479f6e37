using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Simulator;

/// <summary>How the bytes of an answer travel: when, in which writes, and what goes wrong on the way.</summary>
/// <remarks>
/// Events are counted as they stand on the wire, from 1, pings and <c>[DONE]</c> included; a reply that is not a stream is one event.
/// After event 0 means: after the headers, before the first event. A cut is a TCP reset: of the bytes before it, those are sure to arrive
/// that the client has taken or that fit its socket's buffer, some 100 KB.
/// </remarks>
public sealed record Delivery
{
    internal static readonly Delivery Plain = new();

    public int DelayBeforeHeadersMs { get; init; }

    public int DelayBeforeFirstEventMs { get; init; }

    public int DelayBetweenEventsMs { get; init; }

    [JsonIgnore]
    public Gate? HeadersGate { get; init; }

    /// <summary>Gates by the number of the event behind which they stand.</summary>
    [JsonIgnore]
    public ImmutableDictionary<int, Gate> Gates { get; init; } = ImmutableDictionary<int, Gate>.Empty;

    public bool CutBeforeHeaders { get; init; }

    public int? CutAfterEvent { get; init; }

    /// <summary>Offset in the body: so many bytes are sent, then the connection is reset.</summary>
    public long? CutAtByte { get; init; }

    public bool StallBeforeHeaders { get; init; }

    public int? StallAfterEvent { get; init; }

    /// <summary>Ends the reply in good order after this event, so the rest is missing.</summary>
    public int? EndAfterEvent { get; init; }

    /// <summary>Offsets in the body where a write ends. The writes then end nowhere else; an empty list is one write for all.</summary>
    public IReadOnlyList<long>? SplitAt { get; init; }

    public bool OneByteAtATime { get; init; }

    internal bool IsWholeEvents => SplitAt is null && !OneByteAtATime;
}
