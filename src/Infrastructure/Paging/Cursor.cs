using System.Buffers.Text;

namespace Gateway.Infrastructure.Paging;

/// <summary>Where a page of a list ended: the id of its last row, and a mark of the filters that the list was made with.</summary>
internal static class Cursor
{
    private const int IdBytes = 16;
    private const int MarkBytes = 8;

    public static string Write(Guid last, ReadOnlySpan<byte> fingerprint)
    {
        Span<byte> bytes = stackalloc byte[IdBytes + MarkBytes];
        last.TryWriteBytes(bytes, bigEndian: true, out _);
        fingerprint[..MarkBytes].CopyTo(bytes[IdBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Refuses what is no cursor, and a cursor of a list with other filters.</summary>
    public static bool TryRead(string text, ReadOnlySpan<byte> fingerprint, out Guid last)
    {
        Span<byte> bytes = stackalloc byte[IdBytes + MarkBytes];
        var isCursor = text.Length == Base64Url.GetEncodedLength(bytes.Length)
            && Base64Url.TryDecodeFromChars(text, bytes, out var written)
            && written == bytes.Length
            && bytes[IdBytes..].SequenceEqual(fingerprint[..MarkBytes]);
        last = isCursor ? new Guid(bytes[..IdBytes], bigEndian: true) : default;
        return isCursor;
    }
}
