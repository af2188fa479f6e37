namespace Simulator.Http;

/// <summary>A complete answer, ready to be sent.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">Content type included.</param>
/// <param name="Events">The body, in the pieces that count as events; read once, while sending.</param>
internal sealed record WireAnswer(
    int Status, IEnumerable<KeyValuePair<string, string>> Headers, IEnumerable<ReadOnlyMemory<byte>> Events)
{
    /// <summary>Null for streams, whose headers leave before the first event.</summary>
    public long? BodyBytes { get; init; }

    public Delivery Delivery { get; init; } = Delivery.Plain;
}
