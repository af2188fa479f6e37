using System.Buffers;
using System.Net;
using System.Text.Json;
using Gateway.Proxy.Formats;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>The answer to a count of tokens in Claude's words.</summary>
internal sealed class CountAnswerContent : HttpContent
{
    private const int MostBytes = 64 * 1024;

    private readonly HttpContent _upstream;

    public CountAnswerContent(HttpContent upstream)
    {
        _upstream = upstream;
        Headers.TryAddWithoutValidation("content-type", "application/json");
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    /// <exception cref="IOException">The answer has no count.</exception>
    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
    {
        using var upstream = await _upstream.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostBytes];
        var length = await upstream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteNumber("input_tokens"u8, Count(buffer.AsSpan(0, length)));
            writer.WriteEndObject();
        }

        return new MemoryStream(output.WrittenSpan.ToArray());
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        using var answer = await CreateContentReadStreamAsync();
        await answer.CopyToAsync(stream);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _upstream.Dispose();
        }

        base.Dispose(disposing);
    }

    private static long Count(ReadOnlySpan<byte> answer)
    {
        try
        {
            return JsonElement.Parse(answer).Integer("inputTokens") ?? throw new IOException("The upstream's answer has no count of tokens.");
        }
        catch (JsonException exception)
        {
            throw new IOException("The upstream's answer has no count of tokens.", exception);
        }
    }
}
