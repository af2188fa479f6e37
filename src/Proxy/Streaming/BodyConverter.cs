using System.Buffers;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Streaming;

/// <summary>Turns a platform's whole answer into the client's format. One per attempt; not thread-safe.</summary>
/// <param name="dropped">What the request lost on its way, in the client's words.</param>
internal abstract class BodyConverter(IReadOnlyList<string> dropped)
{
    /// <summary>What has been written, where the format needs it for an error inside a stream.</summary>
    public virtual Formats.AnswerSoFar? SoFar => null;

    /// <summary>Whether the answer is whole after this body; false: it takes another request to the platform.</summary>
    public virtual bool IsWhole => true;

    /// <summary>Names what the request lost on its way (<c>x-gateway-dropped</c>).</summary>
    public virtual void WriteHeaders(HttpResponse client)
    {
        if (dropped.Count > 0)
        {
            client.Headers["x-gateway-dropped"] = string.Join(", ", dropped);
        }
    }

    /// <param name="body">As the platform sent it; the call's reader has read it already.</param>
    /// <param name="asStream">Whether the client reads events.</param>
    /// <returns>Null, or why this is no answer.</returns>
    public abstract Failure? Convert(ReadOnlySpan<byte> body, bool asStream, IBufferWriter<byte> output);
}
