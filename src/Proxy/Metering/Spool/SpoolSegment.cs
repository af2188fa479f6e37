using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Proxy.Metering.Spool;

/// <summary>What a spool record says.</summary>
internal enum SpoolRecordKind : byte
{
    /// <summary>A request is about to go upstream, or is so far. Payload: the request as it is billed should nothing more be written.</summary>
    Open = 1,

    /// <summary>A request has ended. Payload: the whole ended request.</summary>
    Close = 2,
}

/// <summary>
/// One append-only file: records of <c>u32 length | u32 CRC-32 | kind | payload</c>, little-endian, the length and the checksum being those of kind and payload.
/// </summary>
internal sealed class SpoolSegment : IDisposable
{
    public const string Extension = ".spool";
    public const int MostPayloadBytes = 1024 * 1024;

    private const int HeaderBytes = 8;

    private readonly FileStream _file;
    private readonly SafeFileHandle _handle;
    private long _length;
    private long _flushedLength;

    public SpoolSegment(string path)
    {
        Path = path;
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _handle = _file.SafeFileHandle;
    }

    public string Path { get; }

    public long Length => Volatile.Read(ref _length);

    public bool IsFlushed => Volatile.Read(ref _flushedLength) == Length;

    /// <summary>How many requests have their latest record here and still need it. Belongs to the spool and its lock.</summary>
    public int Pending { get; set; }

    /// <summary>Appends one record. It survives the death of this process at once, the death of the machine after <see cref="Flush"/>.</summary>
    /// <returns>Where the payload begins.</returns>
    /// <exception cref="IOException">It could not be written whole. Nothing may be appended any more: a reader would not find it behind the torn record.</exception>
    public long Append(SpoolRecordKind kind, ReadOnlySpan<byte> payload)
    {
        Span<byte> record = payload.Length < 4096 ? stackalloc byte[HeaderBytes + 1 + payload.Length] : new byte[HeaderBytes + 1 + payload.Length];
        var body = record[HeaderBytes..];
        body[0] = (byte)kind;
        payload.CopyTo(body[1..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc32.HashToUInt32(body));
        var start = _length;
        RandomAccess.Write(_handle, record, start);
        Volatile.Write(ref _length, start + record.Length);
        return start + HeaderBytes + 1;
    }

    /// <summary>Reads a payload back that this process has appended.</summary>
    /// <exception cref="ObjectDisposedException">Nothing in this file was needed any more.</exception>
    public byte[] ReadPayload(long offset, int length)
    {
        var payload = new byte[length];
        for (var read = 0; read < length;)
        {
            var more = RandomAccess.Read(_handle, payload.AsSpan(read), offset + read);
            read += more > 0 ? more : throw new EndOfStreamException($"'{Path}' has become shorter.");
        }

        return payload;
    }

    public void Flush()
    {
        var length = Length;
        RandomAccess.FlushToDisk(_handle);
        Volatile.Write(ref _flushedLength, length);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>
    /// Reads every record that is whole, wherever the damage lies: behind it the next whole record is looked for byte by byte, since a damaged length
    /// says nothing about where that begins.
    /// </summary>
    /// <returns>How many stretches were damaged, a torn tail among them. Zeros at the end are none: a disk may give them after a power cut.</returns>
    public static int Read(string path, Action<SpoolRecordKind, ReadOnlyMemory<byte>> onRecord)
    {
        var bytes = File.ReadAllBytes(path).AsMemory();
        var damaged = 0;
        while (!bytes.IsEmpty)
        {
            if (WholeBody(bytes.Span) is > 0 and var length)
            {
                var body = bytes.Slice(HeaderBytes, length);
                onRecord((SpoolRecordKind)body.Span[0], body[1..]);
                bytes = bytes[(HeaderBytes + length)..];
                continue;
            }

            // Quick, since no four bytes of JSON are a length that can be believed: checksums are hardly ever computed.
            var next = 1;
            while (next < bytes.Length && WholeBody(bytes.Span[next..]) == 0)
            {
                next++;
            }

            damaged += next < bytes.Length || bytes.Span.IndexOfAnyExcept((byte)0) >= 0 ? 1 : 0;
            bytes = bytes[next..];
        }

        return damaged;
    }

    /// <summary>How long kind and payload of the record are that begins here; 0: none does, or not a whole one.</summary>
    private static int WholeBody(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= HeaderBytes)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return length is > 0 and <= MostPayloadBytes + 1 && length <= bytes.Length - HeaderBytes
            && Crc32.HashToUInt32(bytes.Slice(HeaderBytes, (int)length)) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..])
                ? (int)length
                : 0;
    }
}
