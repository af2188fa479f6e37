namespace Soak.Load;

/// <summary>How a request ended for its client.</summary>
internal enum Ending
{
    /// <summary>A whole answer.</summary>
    Answered,

    /// <summary>An error status, or an error event inside a stream.</summary>
    Refused,

    /// <summary>The connection broke, or the stream ended without its last event.</summary>
    Broken,

    /// <summary>The client left.</summary>
    Left,
}

/// <summary>One request as its client saw it.</summary>
/// <param name="Number">Unique in the run; the user agent and the text carry it.</param>
/// <param name="Platform">Whose model was asked for.</param>
/// <param name="Node">Number of the gateway.</param>
/// <param name="Status">0: there was none.</param>
/// <param name="RequestId">The gateway's <c>x-request-id</c>; null: no header came.</param>
/// <param name="Note">What broke.</param>
internal sealed record SentRequest(
    int Number, string Platform, bool Stream, int Node, DateTime From, DateTime Until, Ending Ending, int Status, string? RequestId, string? Note);
