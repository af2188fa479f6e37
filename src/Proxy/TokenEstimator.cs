using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Metering;
using Microsoft.ML.Tokenizers;

namespace Gateway.Proxy;

/// <summary>Estimates the tokens of a request whose platform does not count them. No vendor but OpenAI publishes its tokenizer: theirs stands for all.</summary>
/// <remarks>Made on first use: the vocabulary takes some 50 MB and half a second, which nobody pays who never asks.</remarks>
internal sealed class TokenEstimator
{
    private const int TokensPerMessage = 4;
    private const int ShortestMedia = 512;

    private readonly Lazy<TiktokenTokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <param name="body">A request that the inspector let pass.</param>
    public long Estimate(ReadOnlySpan<byte> body, InspectedRequest request)
    {
        var text = new StringBuilder(request.TextBytes);
        var messages = Collect(body, text);
        return _tokenizer.Value.CountTokens(text.ToString())
            + (messages * TokensPerMessage)
            + (request.Images * UsageEstimate.TokensPerImage)
            + (request.Documents * UsageEstimate.TokensPerDocument);
    }

    /// <summary>Gathers what a model reads: all texts, and of tools also the names inside their schemas.</summary>
    /// <returns>The number of messages.</returns>
    private static long Collect(ReadOnlySpan<byte> body, StringBuilder text)
    {
        var reader = new Utf8JsonReader(body);
        var messages = 0L;
        var isTools = false;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName when reader.CurrentDepth == 1:
                    isTools = reader.ValueTextEquals("tools"u8);
                    break;
                case JsonTokenType.PropertyName when isTools:
                    text.Append(reader.GetString()).Append(' ');
                    break;
                case JsonTokenType.StartObject when reader.CurrentDepth == 2 && !isTools:
                    messages++;
                    break;
                case JsonTokenType.String when reader.CurrentDepth > 1 && !IsMedia(reader.ValueSpan):
                    text.Append(reader.GetString()).Append('\n');
                    break;
                default:
                    break;
            }
        }

        return messages;
    }

    private static bool IsMedia(ReadOnlySpan<byte> value) => value.StartsWith("data:"u8) || (value.Length >= ShortestMedia && Base64.IsValid(value));
}
