using System.Buffers.Binary;
using System.IO.Hashing;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>One message of an AWS event stream. Its spans point into the bytes it was read from.</summary>
/// <remarks>
/// Source: AWS event stream encoding (Smithy, "Amazon Event Stream specification"), read 2026-11. Numbers are big-endian: total length, length of headers,
/// CRC-32 of these eight bytes; headers; payload; CRC-32 of all before. Lengths are checked before anything is done with them: a forged one costs nothing.
/// </remarks>
internal readonly ref struct EventStreamFrame
{
    /// <summary>The specification's limits: 128 KiB of headers, 24 MiB of payload.</summary>
    public const int MostHeaderBytes = 128 * 1024;

    public const int MostBytes = (24 * 1024 * 1024) + MostHeaderBytes + LeastBytes;

    private const int PreludeBytes = 12;
    private const int CrcBytes = 4;
    private const int LeastBytes = PreludeBytes + CrcBytes;

    private EventStreamFrame(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        Payload = payload;
        while (!headers.IsEmpty)
        {
            var name = Take(ref headers, Take(ref headers, 1)[0]);
            var type = Take(ref headers, 1)[0];
            var value = Take(ref headers, type switch
            {
                0 or 1 => 0,
                2 => 1,
                3 => 2,
                4 => 4,
                5 or 8 => 8,
                6 or 7 => BinaryPrimitives.ReadUInt16BigEndian(Take(ref headers, 2)),
                9 => 16,
                _ => throw new InvalidDataException("A header of an event stream has an unknown type."),
            });
            if (name.SequenceEqual(":message-type"u8))
            {
                MessageType = value;
            }
            else if (name.SequenceEqual(":event-type"u8) || name.SequenceEqual(":exception-type"u8) || name.SequenceEqual(":error-code"u8))
            {
                Name = value;
            }
            else if (name.SequenceEqual(":error-message"u8))
            {
                ErrorMessage = value;
            }
        }
    }

    /// <summary><c>event</c>, <c>exception</c> or <c>error</c>.</summary>
    public ReadOnlySpan<byte> MessageType { get; }

    /// <summary>Type of the event or exception, or code of the error.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Of an error, which has no payload.</summary>
    public ReadOnlySpan<byte> ErrorMessage { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <returns>False: it is not complete yet.</returns>
    /// <exception cref="InvalidDataException">These bytes are no message.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out EventStreamFrame frame, out int length)
    {
        frame = default;
        length = 0;
        if (bytes.Length < PreludeBytes)
        {
            return false;
        }

        var total = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var headerBytes = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        if (Crc32.HashToUInt32(bytes[..8]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[8..])
            || total > MostBytes || headerBytes > MostHeaderBytes || total < headerBytes + LeastBytes)
        {
            throw new InvalidDataException("The beginning of an event stream's message is damaged.");
        }

        if (bytes.Length < total)
        {
            return false;
        }

        var body = bytes[..((int)total - CrcBytes)];
        if (Crc32.HashToUInt32(body) != BinaryPrimitives.ReadUInt32BigEndian(bytes[body.Length..]))
        {
            throw new InvalidDataException("A message of an event stream is damaged.");
        }

        frame = new EventStreamFrame(body.Slice(PreludeBytes, (int)headerBytes), body[(PreludeBytes + (int)headerBytes)..]);
        length = (int)total;
        return true;
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, int count)
    {
        if (count > bytes.Length)
        {
            throw new InvalidDataException("The headers of an event stream's message are malformed.");
        }

        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
