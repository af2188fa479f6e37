using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;
using Gateway.Proxy.Streaming;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>Conversions without a network: a client's body to a platform's, a platform's bytes to a client's.</summary>
internal static class Conversion
{
    private static readonly CapabilityTable Capabilities = new();

    public static NeutralRequest Decode(WireFormat client, string body)
    {
        var request = ClientCodec.Of(client).DecodeRequest(JsonElement.Parse(body), out var failure);
        return request ?? throw new InvalidOperationException(failure!.Message);
    }

    public static RequestTarget Target(string upstreamModel, bool strict = false, bool showReasoning = true, string tenant = "")
    {
        var capabilities = Capabilities.Of(upstreamModel);
        return new RequestTarget(Platform.Claude, upstreamModel, capabilities, capabilities.Vendor ?? "none", "any", strict, showReasoning) { Tenant = tenant };
    }

    public static JsonElement Encode(NeutralRequest request, WireFormat upstream, RequestTarget target)
    {
        return JsonElement.Parse(Codec.Of(upstream).CreateRequestEncoder(request, target).Encode().Span);
    }

    /// <summary>A stream from one format to another.</summary>
    /// <param name="cuts">Where reads end; none: one read.</param>
    public static string Stream(WireFormat upstream, WireFormat client, string sse, NeutralRequest request, RequestTarget target, params int[] cuts)
    {
        var converter = Converter(upstream, client, request, target);
        var decoder = converter.Decoder;
        var output = new ArrayBufferWriter<byte>();
        using var window = new EventWindow(64, 1 << 20);
        var bytes = Encoding.UTF8.GetBytes(sse);
        var start = 0;
        foreach (var end in cuts.Append(bytes.Length))
        {
            while (start < end)
            {
                var free = window.Free();
                var count = Math.Min(free.Length, end - start);
                bytes.AsMemory(start, count).CopyTo(free);
                window.Add(count);
                start += count;
                Take();
            }
        }

        window.Finish();
        Take();
        decoder.Finish();
        converter.WriteEvents(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);

        void Take()
        {
            while (window.Next() is { IsEmpty: false } next)
            {
                var parsed = SseEvent.Parse(next.Span);
                decoder.ReadEvent(parsed.Name, parsed.Data);
                converter.WriteEvents(output);
            }
        }
    }

    /// <summary>A whole answer from one format to another.</summary>
    public static JsonElement Message(WireFormat upstream, WireFormat client, string body, NeutralRequest request, RequestTarget target)
    {
        var converter = Converter(upstream, client, request, target);
        var decoder = converter.Decoder;
        decoder.ReadBody(Encoding.UTF8.GetBytes(body));
        decoder.Failure.ShouldBeNull();
        decoder.IsComplete.ShouldBeTrue();
        var output = new ArrayBufferWriter<byte>();
        converter.WriteMessage(output);
        return JsonElement.Parse(output.WrittenSpan);
    }

    /// <summary>The data of each event, without what differs from run to run.</summary>
    public static IReadOnlyList<string> Data(string sse) =>
        [.. sse.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(text => text[(text.IndexOf("data: ", StringComparison.Ordinal) + 6)..])];

    public static AnswerDecoder Decoder(WireFormat upstream) => Codec.Of(upstream).CreateAnswerDecoder();

    private static AnswerConverter Converter(WireFormat upstream, WireFormat client, NeutralRequest request, RequestTarget target) =>
        new(Codec.Of(upstream), ClientCodec.Of(client), new AnswerContext(request, target, "0199aaaa-0000-7000-8000-000000000000", DateTimeOffset.UnixEpoch));
}
