using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Streaming;

namespace Gateway.Proxy;

/// <summary>Answers a count of tokens that no platform gave with an estimate, and says that it is one.</summary>
internal sealed class TokenCountFallback(TokenEstimator estimator)
{
    public async Task AnswerAsync(ProxyCall call, PooledBody body, CallCancellation end)
    {
        var output = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            Codec.Of(call.Format.Wire).TokenCounting!.WriteAnswer(json, estimator.Estimate(body.Span, call.Request));
        }

        call.Http.Response.Headers["x-gateway-estimated"] = "true";
        await ClientWriter.WriteWholeAsync(call, StatusCodes.Status200OK, "application/json", output.WrittenMemory, end);
    }
}
