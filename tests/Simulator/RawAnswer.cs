using System.Text;

namespace Simulator;

/// <summary>A reply in given bytes, for what no real platform should send: text or bytes, then filler, then a tail.</summary>
public sealed record RawAnswer
{
    private const int FillerPieceBytes = 64 * 1024;
    private static readonly byte[] Filler = Encoding.ASCII.GetBytes(new string('x', FillerPieceBytes));

    public int Status { get; init; } = 200;

    /// <summary>With <c>text/event-stream</c> the bytes are sent event by event, cut behind each blank line.</summary>
    public string ContentType { get; init; } = "application/json";

    public string Text { get; init; } = "";

    /// <summary>Takes the place of <see cref="Text"/> where bytes are not valid UTF-8.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; init; }

    /// <summary>So many letters <c>x</c>, made while they are sent.</summary>
    public long FillerBytes { get; init; }

    public string Tail { get; init; } = "";

    internal bool IsEventStream => ContentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    internal long BodyBytes => Head.Length + FillerBytes + Encoding.UTF8.GetByteCount(Tail);

    private ReadOnlyMemory<byte> Head => Bytes ?? Encoding.UTF8.GetBytes(Text);

    /// <summary>The body in the pieces that count as events.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        var rest = Head;
        while (IsEventStream && EventLength(rest.Span) is var length and > 0)
        {
            yield return rest[..length];
            rest = rest[length..];
        }

        if (!rest.IsEmpty)
        {
            yield return rest;
        }

        for (var left = FillerBytes; left > 0; left -= FillerPieceBytes)
        {
            yield return Filler.AsMemory(0, (int)Math.Min(left, FillerPieceBytes));
        }

        if (Tail.Length > 0)
        {
            yield return Encoding.UTF8.GetBytes(Tail);
        }
    }

    /// <summary>Bytes up to and with the first blank line, in any of the three line endings; 0 when there is none.</summary>
    private static int EventLength(ReadOnlySpan<byte> bytes)
    {
        var first = int.MaxValue;
        foreach (var blank in (ReadOnlySpan<string>)["\n\n", "\r\n\r\n", "\r\r"])
        {
            var at = bytes.IndexOf(Encoding.ASCII.GetBytes(blank));
            first = at >= 0 ? Math.Min(first, at + blank.Length) : first;
        }

        return first == int.MaxValue ? 0 : first;
    }
}
