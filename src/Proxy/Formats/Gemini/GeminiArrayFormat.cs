using System.Buffers;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Streaming;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>The same for clients that read a stream as one JSON array: those that did not ask for <c>alt=sse</c>.</summary>
/// <remarks>Source: Gemini API reference, streamGenerateContent, and what the server sends, v1beta, read 2026-11.</remarks>
internal sealed class GeminiArrayFormat : GeminiFormat
{
    public override string StreamType => "application/json; charset=utf-8";

    public override StreamFraming CreateFraming() => new ArrayFraming();

    public override void WriteError(IBufferWriter<byte> output, Failure failure, string requestId)
    {
        output.Write("["u8);
        WriteErrorObject(output, failure);
        output.Write("]"u8);
    }

    /// <summary>The data of each event is an element; a comment becomes white space.</summary>
    private sealed class ArrayFraming : StreamFraming
    {
        private bool _hasBegun;

        public override void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> events)
        {
            var splitter = default(SseSplitter);
            while (splitter.Next(events) is var length and > 0)
            {
                var data = SseEvent.Parse(events[..length]).Data;
                events = events[length..];
                if (data.IsEmpty)
                {
                    output.Write("\n"u8);
                    continue;
                }

                output.Write(_hasBegun ? ",\r\n"u8 : "["u8);
                output.Write(data);
                _hasBegun = true;
            }
        }

        public override void End(IBufferWriter<byte> output) => output.Write(_hasBegun ? "]"u8 : "[]"u8);
    }
}
