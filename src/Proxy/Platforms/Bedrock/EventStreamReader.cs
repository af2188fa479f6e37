using System.Buffers;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>Writes one message as a server-sent event, or nothing.</summary>
/// <exception cref="InvalidDataException">Its payload is not what its type promises.</exception>
internal delegate void TranslateFrame(in EventStreamFrame frame, IBufferWriter<byte> output);

/// <summary>
/// Reads AWS' event stream as server-sent events. Holds one message at most, in a buffer that grows with what has arrived and not with what was announced.
/// Damaged, forged or left-over bytes are a connection that broke: what came before them is still handed out.
/// </summary>
internal sealed class EventStreamReader(Stream upstream, TranslateFrame translate) : Stream
{
    private const int ReadBytes = 16 * 1024;

    private readonly ArrayBufferWriter<byte> _events = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
    private int _start;
    private int _end;
    private int _taken;
    private bool _hasEnded;
    private IOException? _broken;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="IOException">The connection broke, or what came is no event stream.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_taken == _events.WrittenCount)
        {
            _events.ResetWrittenCount();
            _taken = 0;
            if (_broken is not null)
            {
                throw new IOException(_broken.Message, _broken);
            }

            if (_hasEnded || buffer.IsEmpty)
            {
                return 0;
            }

            MakeRoom();
            var read = await upstream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _hasEnded = read == 0;
            _end += read;
            Translate();
        }

        var count = Math.Min(buffer.Length, _events.WrittenCount - _taken);
        _events.WrittenSpan.Slice(_taken, count).CopyTo(buffer.Span);
        _taken += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            upstream.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Translate()
    {
        try
        {
            while (EventStreamFrame.TryRead(_buffer.AsSpan(_start, _end - _start), out var frame, out var length))
            {
                translate(frame, _events);
                _start += length;
            }

            if (_hasEnded && _start < _end)
            {
                _broken = new IOException("The event stream ended inside a message.");
            }
        }
        catch (InvalidDataException exception)
        {
            _broken = new IOException(exception.Message, exception);
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            // Never beyond twice the largest message: a longer one has been found out by its prelude.
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
