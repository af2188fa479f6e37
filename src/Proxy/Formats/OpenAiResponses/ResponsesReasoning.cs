using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>
/// Encrypted content that carries another vendor's signature: the tag says whose it is. Thinking that its maker wants back word for word travels with its
/// signature, because the summary that a client sends back may have been left out or changed.
/// </summary>
internal static class ResponsesReasoning
{
    // Neither character is in a tag.
    private const char Redacted = '!';
    private const char WithText = '~';

    /// <param name="signature">As it would be sent to the client by itself.</param>
    public static string Write(string signature, string text, bool isRedacted) =>
        !SignatureTag.IsTagged(signature) ? signature
        : isRedacted ? $"{signature}{Redacted}"
        : $"{signature}{WithText}{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text))}";

    public static ThinkingBlock Read(string summary, string? encrypted)
    {
        if (encrypted is null || !SignatureTag.IsTagged(encrypted))
        {
            return new ThinkingBlock(summary, encrypted);
        }

        if (encrypted[^1] == Redacted)
        {
            return new ThinkingBlock("", encrypted[..^1]) { IsRedacted = true };
        }

        var at = encrypted.IndexOf(WithText, StringComparison.Ordinal);
        return at >= 0 && System.Buffers.Text.Base64Url.IsValid(encrypted.AsSpan(at + 1))
            ? new ThinkingBlock(System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(encrypted.AsSpan(at + 1))), encrypted[..at])
            : new ThinkingBlock(summary, encrypted);
    }
}
