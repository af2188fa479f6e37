using System.Buffers;
using System.Globalization;
using Gateway.Infrastructure.Hosting;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Errors;

/// <summary>Error replies in the client's own format.</summary>
internal sealed class ErrorWriter(OpenAiChatFormat openAi, ClaudeFormat claude, GeminiFormat gemini) : IClientErrorWriter
{
    public Task WriteAsync(HttpContext http, Surface surface, GatewayError error) =>
        WriteAsync(http, FormatOf(surface), Failure.Of(error), error.Status);

    /// <param name="status">Null: the format's own for this kind of failure.</param>
    public static async Task WriteAsync(HttpContext http, ClientFormat format, Failure failure, int? status = null)
    {
        var response = http.Response;
        response.StatusCode = status ?? format.StatusOf(failure.Kind);
        response.ContentType = "application/json";
        if ((failure.RetryAfter ?? failure.Kind.RetryAfter()) is { } wait)
        {
            response.Headers.RetryAfter = ErrorReply.Seconds(wait);
            if (wait < TimeSpan.FromSeconds(1))
            {
                response.Headers["retry-after-ms"] = Math.Ceiling(wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            }
        }

        // The official libraries try a 429 again within seconds unless they are told not to.
        if ((failure.Kind == FailureKind.QuotaAccount ? "false" : failure.ShouldRetry) is { } shouldRetry)
        {
            response.Headers["x-should-retry"] = shouldRetry;
        }

        var body = new ArrayBufferWriter<byte>(512);
        format.WriteError(body, failure, http.RequestId().ToString());
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, CancellationToken.None);
    }

    private ClientFormat FormatOf(Surface surface) => surface switch
    {
        Surface.Claude => claude,
        Surface.Gemini => gemini,
        _ => openAi,
    };
}
