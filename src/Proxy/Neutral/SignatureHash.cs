using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace Gateway.Proxy.Neutral;

/// <summary>What signatures of reasoning are remembered by: they are long, and nobody else's business. Not a secret, and compared inside one user's scope only.</summary>
internal static class SignatureHash
{
    // What is shorter is none of the platforms' signatures.
    private const int LeastBytes = 16;

    // A conversation's last ones: what came before them is long out of its provider's cache as well.
    private const int MostCollected = 128;

    /// <param name="reader">At the string.</param>
    /// <returns>Null: it is no signature.</returns>
    public static UInt128? Of(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? null
        : reader.ValueIsEscaped ? Of(Encoding.UTF8.GetBytes(reader.GetString()!))
        : Of(reader.ValueSpan);

    /// <param name="json">A string with its quotes.</param>
    public static UInt128? OfJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() ? Of(ref reader) : null;
    }

    /// <summary>Those of all members of one name, wherever they stand, the last ones first. Looks at the bytes only: walking over a long conversation takes a hundred times as long.</summary>
    /// <param name="json">A body that was found to be valid JSON.</param>
    /// <param name="quotedName">The member's name with its quotes.</param>
    public static List<UInt128> Collect(ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName)
    {
        var found = new List<UInt128>();
        while (found.Count < MostCollected && json.LastIndexOf(quotedName) is var at and >= 0)
        {
            var rest = json[(at + quotedName.Length)..].TrimStart(" \t\r\n"u8);
            if (rest is [(byte)':', .. var value] && value.TrimStart(" \t\r\n"u8) is [(byte)'"', ..] text && OfFirst(text) is { } hash)
            {
                found.Add(hash);
            }

            json = json[..at];
        }

        return found;
    }

    private static UInt128? OfFirst(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
        return reader.Read() ? Of(ref reader) : null;
    }

    private static UInt128? Of(ReadOnlySpan<byte> value) => value.Length < LeastBytes ? null : XxHash128.HashToUInt128(value);
}
