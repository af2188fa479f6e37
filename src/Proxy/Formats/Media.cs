using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>What a piece of media is, by its first bytes: platforms refuse what is declared as something else.</summary>
internal static class Media
{
    private const int HeadCharacters = 32;

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    public static string Name(MediaKind kind) => kind switch
    {
        MediaKind.Image => "an image",
        MediaKind.Document => "a document",
        MediaKind.Audio => "a sound",
        _ => "a film",
    };

    /// <summary>The media type that the bytes show, else the declared one, else <c>application/octet-stream</c>.</summary>
    public static string TypeOf(MediaBlock media) => Sniff(media.Base64) ?? media.MediaType ?? "application/octet-stream";

    /// <summary>The image types that every platform takes.</summary>
    public static bool IsCommonImage(string type) => type is "image/jpeg" or "image/png" or "image/gif" or "image/webp";

    /// <summary>Splits a data URL; null: the text is none, or its data is not in base64.</summary>
    public static (string? Type, string Base64)? ParseDataUrl(string url)
    {
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
        {
            return null;
        }

        var parameters = url[5..comma].Split(';');
        return parameters.Length > 1 && parameters[^1].Equals("base64", StringComparison.OrdinalIgnoreCase)
            ? (parameters[0].Length > 0 ? parameters[0].ToLowerInvariant() : null, url[(comma + 1)..])
            : null;
    }

    private static string? Sniff(string? base64)
    {
        if (base64 is null)
        {
            return null;
        }

        Span<byte> head = stackalloc byte[HeadCharacters];
        var characters = base64.AsSpan(0, Math.Min(base64.Length, HeadCharacters) / 4 * 4);
        if (!Convert.TryFromBase64Chars(characters, head, out var length))
        {
            return null;
        }

        head = head[..length];
        return head.StartsWith(Png) ? "image/png"
            : head.StartsWith(Jpeg) ? "image/jpeg"
            : head.StartsWith("GIF8"u8) ? "image/gif"
            : head.StartsWith("RIFF"u8) && head.Length >= 12 && head[8..].StartsWith("WEBP"u8) ? "image/webp"
            : head.StartsWith("%PDF-"u8) ? "application/pdf"
            : null;
    }
}
