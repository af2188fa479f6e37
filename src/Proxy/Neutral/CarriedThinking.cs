using System.Buffers.Text;
using System.Text;

namespace Gateway.Proxy.Neutral;

/// <summary>
/// Another vendor's thinking in a format that has one opaque member for it: the signature's tag says whose it is. Its maker wants it back word for word, so its
/// text travels with the signature: what a client shows and sends back may have been left out or changed.
/// </summary>
internal static class CarriedThinking
{
    // Neither character is in a tag.
    private const char Redacted = '!';
    private const char WithText = '~';

    /// <param name="signature">As it would be sent to the client by itself.</param>
    public static string Write(string signature, string text, bool isRedacted) =>
        !SignatureTag.IsTagged(signature) ? signature
        : isRedacted ? $"{signature}{Redacted}"
        : $"{signature}{WithText}{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text))}";

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
        return at >= 0 && Base64Url.IsValid(encrypted.AsSpan(at + 1))
            ? new ThinkingBlock(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(encrypted.AsSpan(at + 1))), encrypted[..at])
            : new ThinkingBlock(summary, encrypted);
    }
}
