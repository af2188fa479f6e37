using System.Text.Json;

namespace Gateway.Proxy.Formats;

internal static class JsonNumbers
{
    /// <summary>The largest count that is believed. No request uses a trillion tokens, and millions of such counts still add up within 64 bits.</summary>
    public const long MostCount = 1_000_000_000_000;

    /// <summary>A token counter: null when it is not a number; a negative one, which no platform means, counts as 0, and one beyond belief as <see cref="MostCount"/>.</summary>
    /// <param name="reader">At the property's name; left at the end of its value.</param>
    public static long? ReadCount(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Number)
        {
            reader.Skip();
            return null;
        }

        // Some compatible servers write 12.0.
        return reader.TryGetInt64(out var count) ? Math.Clamp(count, 0, MostCount)
            : reader.TryGetDouble(out var number) ? (long)Math.Clamp(number, 0, MostCount)
            : 0;
    }
}
