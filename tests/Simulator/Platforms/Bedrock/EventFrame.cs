using System.Buffers.Binary;
using System.Text;

namespace Simulator.Platforms.Bedrock;

/// <summary>Writes messages of AWS' event stream.</summary>
/// <remarks>
/// Source: Smithy, Amazon Event Stream specification, read 2026-11. Written on its own, with its own checksum, so that a mistake of the gateway's is not
/// repeated here.
/// </remarks>
public static class EventFrame
{
    private const byte StringType = 7;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Remainder)];

    /// <param name="headers">All of type string.</param>
    public static byte[] Write(IReadOnlyList<(string Name, string Value)> headers, ReadOnlySpan<byte> payload)
    {
        var head = new MemoryStream();
        Span<byte> length = stackalloc byte[2];
        foreach (var (name, value) in headers)
        {
            head.WriteByte((byte)name.Length);
            head.Write(Encoding.ASCII.GetBytes(name));
            head.WriteByte(StringType);
            var bytes = Encoding.UTF8.GetBytes(value);
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)bytes.Length);
            head.Write(length);
            head.Write(bytes);
        }

        var frame = new byte[12 + head.Length + payload.Length + 4];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)frame.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)head.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Checksum(frame.AsSpan(0, 8)));
        head.ToArray().CopyTo(frame.AsSpan(12));
        payload.CopyTo(frame.AsSpan(12 + (int)head.Length));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Checksum(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    public static byte[] Event(string type, string json) =>
        Write([(":event-type", type), (":content-type", "application/json"), (":message-type", "event")], Encoding.UTF8.GetBytes(json));

    public static byte[] Exception(string type, string json) =>
        Write([(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")], Encoding.UTF8.GetBytes(json));

    /// <summary>An event of Claude's own stream, as InvokeModelWithResponseStream wraps it.</summary>
    public static byte[] Chunk(string json) =>
        Event("chunk", $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(json))}}","p":"abcdefgh"}""");

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum = Table[(sum ^ value) & 0xFF] ^ (sum >> 8);
        }

        return ~sum;
    }

    private static uint Remainder(int value)
    {
        var rest = (uint)value;
        for (var bit = 0; bit < 8; bit++)
        {
            rest = (rest & 1) == 1 ? (rest >> 1) ^ 0xEDB88320 : rest >> 1;
        }

        return rest;
    }
}
