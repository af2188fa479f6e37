using System.Buffers.Text;
using System.Text;

namespace Gateway.Proxy.Neutral;

/// <summary>
/// Signatures of reasoning that cross formats carry a tag, so that a later turn that goes elsewhere recognises them: nobody else accepts them.
/// An untagged one is native to the client's own format.
/// </summary>
internal static class SignatureTag
{
    private const string Prefix = "gw1.";

    /// <summary>Reasoning without a signature, in a format that must have one.</summary>
    private const string Unsigned = "none";

    /// <param name="vendor">Who made it, one of <see cref="Vendors"/>.</param>
    /// <param name="scope">Whose accounts accept it.</param>
    public static string Wrap(string vendor, string scope, string? signature) => signature is null
        ? $"{Prefix}{Unsigned}"
        : $"{Prefix}{vendor}.{scope}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(signature))}";

    /// <summary>Whether a body may hold a tag as a value: looking at the bytes first is much faster than walking over every message.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> json) => json.IndexOf("\"gw1."u8) >= 0;

    /// <summary>The same for bodies in which it stands in base64.</summary>
    public static bool MayBeInBase64(ReadOnlySpan<byte> json) => json.IndexOf(InBase64) >= 0;

    /// <param name="value">As it is written, with its quotes.</param>
    public static bool IsTagged(ReadOnlySpan<byte> value) => value.StartsWith("\"gw1."u8) || value.StartsWith(InBase64);

    private static ReadOnlySpan<byte> InBase64 => "\"Z3cxL"u8;

    public static bool IsTagged(string signature) => signature.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether it is a whole tag, so that only who accepts it decides whether it is sent.</summary>
    public static bool IsElsewhere(string? signature) => signature?.Split('.') is [_, Unsigned] or ["gw1", _, _, { Length: > 0 }];

    /// <summary>A signature as one vendor's platform may get it: its own tagged ones, and untagged ones from clients of its own format.</summary>
    /// <returns>Null: it is another vendor's, another scope's, or none.</returns>
    public static string? For(NeutralRequest request, string? signature, string vendor, string scope) =>
        signature is null ? null
        : IsTagged(signature) ? Unwrap(signature, vendor, scope)
        : request.Vendor == vendor ? signature
        : null;

    /// <returns>The signature as its maker gave it; null: it is another vendor's, another scope's, or none.</returns>
    public static string? Unwrap(string? signature, string vendor, string scope)
    {
        var parts = signature?.Split('.');
        if (parts is not ["gw1", var made, var within, { Length: > 0 } payload] || made != vendor || within != scope || !Base64Url.IsValid(payload))
        {
            return null;
        }

        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(payload));
    }
}

/// <summary>Who makes signatures of reasoning. Platforms that serve the same vendor's models accept one another's.</summary>
internal static class Vendors
{
    public const string Claude = "claude";
    public const string OpenAi = "openai";
    public const string Gemini = "gemini";
}
