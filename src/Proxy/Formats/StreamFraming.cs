using System.Buffers;

namespace Gateway.Proxy.Formats;

/// <summary>Puts a format's server-sent events into another outward form. Not thread-safe; one per answer.</summary>
internal abstract class StreamFraming
{
    /// <param name="events">Whole events, comments included.</param>
    public abstract void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> events);

    /// <summary>The answer has come to its proper end.</summary>
    public abstract void End(IBufferWriter<byte> output);
}
