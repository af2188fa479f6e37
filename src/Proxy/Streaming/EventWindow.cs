using System.Buffers;

namespace Gateway.Proxy.Streaming;

/// <summary>
/// The part of an upstream's stream that has not reached the client: whole events that are kept for it, then bytes whose event is not complete.
/// One pooled array, grown only for an event that is larger than it.
/// </summary>
internal sealed class EventWindow(int initialBytes, int mostEventBytes) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _kept = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(initialBytes);
    private SseSplitter _splitter;
    private int _start;
    private int _end;

    /// <summary>Events to send on, in order.</summary>
    public ReadOnlySpan<byte> Kept => _kept.WrittenSpan;

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

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_end);
    }

    public void Add(int bytes) => _end += bytes;

    /// <summary>The next whole event, valid until <see cref="Free"/>; empty: none is complete.</summary>
    /// <param name="isLast">Whether no more bytes come: then what is left is an event whose empty line is missing.</param>
    public ReadOnlyMemory<byte> Next(bool isLast)
    {
        var length = _splitter.Next(_buffer.AsSpan(_start, _end - _start));
        if (length == 0 && isLast)
        {
            length = _end - _start;
        }

        var bytes = _buffer.AsMemory(_start, length);
        _start += length;
        return bytes;
    }

    public void Keep(ReadOnlyMemory<byte> bytes) => _kept.Write(bytes.Span);

    public void Clear() => _kept.ResetWrittenCount();

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
