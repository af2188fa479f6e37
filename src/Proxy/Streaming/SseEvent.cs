using System.Text.Json;

namespace Gateway.Proxy.Streaming;

/// <summary>The fields of one event. Spans point into the event's bytes, or into <c>joined</c> when data came on several lines.</summary>
internal readonly ref struct SseEvent
{
    private static ReadOnlySpan<byte> ByteOrderMark => "\ufeff"u8;

    private SseEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        Name = name;
        Data = data;
    }

    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Empty when the event has no data, as a comment.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Whether the data is one whole JSON value, or the word that ends OpenAI's streams: then nothing of it is missing.</summary>
    public bool HasWholeData()
    {
        if (Data.SequenceEqual("[DONE]"u8))
        {
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(Data);
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static SseEvent Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(ByteOrderMark))
        {
            bytes = bytes[ByteOrderMark.Length..]; // One may stand before the first event.
        }

        ReadOnlySpan<byte> name = default, data = default;
        var dataLines = 0;
        foreach (var range in new LineRanges(bytes))
        {
            var line = bytes[range];
            if (Field(line, "data"u8, out var value))
            {
                data = dataLines++ == 0 ? value : data;
            }
            else if (Field(line, "event"u8, out value))
            {
                name = value;
            }
        }

        // Google's servers say in plain JSON that a stream has failed.
        return new SseEvent(name, dataLines > 1 ? Join(bytes) : dataLines == 0 && IsPlainJson(bytes) ? bytes.Trim("\r\n"u8) : data);
    }

    private static bool IsPlainJson(ReadOnlySpan<byte> bytes) => bytes.TrimStart("\r\n"u8) is [(byte)'{' or (byte)'[', ..];

    /// <summary>Data of several lines is one text with line feeds between. Rare: no platform sends it today.</summary>
    private static byte[] Join(ReadOnlySpan<byte> bytes)
    {
        var joined = new List<byte>(bytes.Length);
        foreach (var range in new LineRanges(bytes))
        {
            if (Field(bytes[range], "data"u8, out var value))
            {
                if (joined.Count > 0)
                {
                    joined.Add((byte)'\n');
                }

                joined.AddRange(value);
            }
        }

        return [.. joined];
    }

    /// <summary>The space behind the colon is optional.</summary>
    private static bool Field(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!line.StartsWith(name) || line.Length == name.Length || line[name.Length] != (byte)':')
        {
            return false;
        }

        value = line[(name.Length + 1)..];
        if (value.Length > 0 && value[0] == (byte)' ')
        {
            value = value[1..];
        }

        return true;
    }

    /// <summary>Lines ended by LF, CR LF or CR.</summary>
    private ref struct LineRanges(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _next;

        public Range Current { get; private set; }

        public readonly LineRanges GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_next >= _bytes.Length)
            {
                return false;
            }

            var offset = _bytes[_next..].IndexOfAny((byte)'\n', (byte)'\r');
            var end = offset < 0 ? _bytes.Length : _next + offset;
            Current = _next..end;
            _next = end + 1;
            if (end + 1 < _bytes.Length && _bytes[end] == (byte)'\r' && _bytes[end + 1] == (byte)'\n')
            {
                _next++;
            }

            return true;
        }
    }
}
