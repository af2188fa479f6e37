using System.Text.Json;

namespace Gateway.Proxy.Formats;

internal static class JsonNumbers
{
    /// <summary>A token counter: null when it is not a number; a negative one, which no platform means, counts as 0.</summary>
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
        return reader.TryGetInt64(out var count) ? Math.Max(0, count)
            : reader.TryGetDouble(out var number) && number is >= 0 and < 1e15 ? (long)number
            : 0;
    }
}
