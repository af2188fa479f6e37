using System.Buffers;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Streaming;

/// <summary>Writes a platform's count of tokens as the client reads it.</summary>
internal sealed class TokenCountConverter(TokenCounting platform, TokenCounting client, IReadOnlyList<string> dropped) : BodyConverter(dropped)
{
    public override Failure? Convert(ReadOnlySpan<byte> body, bool asStream, IBufferWriter<byte> output)
    {
        if (Read(body) is not { } tokens)
        {
            return new Failure(FailureKind.Server, "The upstream's count of tokens could not be read.");
        }

        using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
        client.WriteAnswer(writer, tokens);
        return null;
    }

    private long? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return platform.ReadAnswer(JsonElement.Parse(body));
        }
        catch (Exception exception) when (AnswerReader.IsOddJson(exception))
        {
            return null;
        }
    }
}
