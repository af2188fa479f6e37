using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>The answer to a count of tokens in Claude's words.</summary>
internal sealed class CountAnswerContent(HttpContent upstream) : TranslatedContent(upstream, "application/json")
{
    private const int MostBytes = 64 * 1024;

    protected override async ValueTask<Stream> TranslateAsync(Stream upstream, CancellationToken cancellationToken)
    {
        using var answer = upstream;
        var buffer = new byte[MostBytes];
        var length = await answer.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            ClaudeTokenCounting.Instance.WriteAnswer(writer, Count(buffer.AsSpan(0, length)) ?? throw new IOException("The upstream's answer has no count of tokens."));
        }

        return new MemoryStream(output.WrittenSpan.ToArray());
    }

    private static long? Count(ReadOnlySpan<byte> answer)
    {
        try
        {
            return JsonElement.Parse(answer).Integer("inputTokens");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
