using System.Buffers;

namespace Gateway.Proxy.Streaming;

/// <summary>
/// The part of an upstream's stream that has not reached the client: whole events that are kept for it, then bytes whose event is not complete.
/// One pooled array, grown only for an event that is larger than it.
/// </summary>
internal sealed class EventWindow(int initialBytes, int mostEventBytes) : IDisposable
{
    private const int LeastFree = 2; // the empty line that Finish adds

    private readonly ArrayBufferWriter<byte> _kept = new();
    private byte[] _buffer = EventBuffers.Rent(initialBytes);
    private SseSplitter _splitter;
    private int _start;
    private int _end;

    /// <summary>Events to send on, in order.</summary>
    public ReadOnlySpan<byte> Kept => _kept.WrittenSpan;

    /// <summary>For what is sent on in other words than it came.</summary>
    public IBufferWriter<byte> Output => _kept;

    /// <summary>Whether an event has grown past the limit.</summary>
    public bool IsTooLong => _end - _start > mostEventBytes || _kept.WrittenCount > mostEventBytes;

    /// <summary>Room for the next read.</summary>
    public Memory<byte> Free()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end + LeastFree > _buffer.Length)
        {
            _buffer = EventBuffers.Grow(_buffer, _end);
        }

        return _buffer.AsMemory(_end);
    }

    public void Add(int bytes) => _end += bytes;

    /// <summary>No more bytes come: a last event that only lacks its empty line gets it, half an event is given up.</summary>
    public void Finish()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        if (rest.IndexOfAnyExcept((byte)'\r', (byte)'\n') < 0)
        {
            _kept.Write(rest); // The line feed of a CR LF that came late: it means nothing, and it is part of the stream.
            _start = _end;
        }
        else if (SseEvent.Parse(rest).HasWholeData())
        {
            "\n\n"u8.CopyTo(Free().Span);
            _end += 2;
        }
        else
        {
            _end = _start;
        }
    }

    /// <summary>The next whole event, valid until <see cref="Free"/>; empty: none is complete.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        var length = _splitter.Next(_buffer.AsSpan(_start, _end - _start));
        var bytes = _buffer.AsMemory(_start, length);
        _start += length;
        return bytes;
    }

    public void Keep(ReadOnlyMemory<byte> bytes) => _kept.Write(bytes.Span);

    public void Clear() => _kept.ResetWrittenCount();

    public void Dispose() => EventBuffers.Return(_buffer);
}
