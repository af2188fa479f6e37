using System.Buffers.Text;
using System.Text.Json;

namespace Gateway.Proxy.Formats;

internal static class JsonStrings
{
    /// <summary>How long a string is in UTF-8 once its escapes are resolved: <c>\u4e2d</c> is three bytes, not six.</summary>
    /// <param name="reader">At a string or a property's name, over one piece of memory.</param>
    public static int Utf8Length(ref Utf8JsonReader reader)
    {
        var rest = reader.ValueSpan;
        var length = rest.Length;
        if (!reader.ValueIsEscaped)
        {
            return length;
        }

        while (rest.IndexOf((byte)'\\') is var at and >= 0)
        {
            if (rest[at + 1] == (byte)'u')
            {
                // Half of a surrogate pair is two of its four bytes.
                _ = Utf8Parser.TryParse(rest.Slice(at + 2, 4), out ushort unit, out _, 'x');
                length -= 6 - (unit < 0x80 ? 1 : unit < 0x800 || char.IsSurrogate((char)unit) ? 2 : 3);
                rest = rest[(at + 6)..];
            }
            else
            {
                length--;
                rest = rest[(at + 2)..];
            }
        }

        return length;
    }

    /// <summary>A \ud800 without its other half is a string that no upstream can store: each does something else with it.</summary>
    /// <param name="reader">At a string or a property's name, over one piece of memory.</param>
    public static bool HasLoneSurrogate(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return false;
        }

        var rest = reader.ValueSpan;
        while (rest.IndexOf((byte)'\\') is var at and >= 0)
        {
            if (rest[at + 1] != (byte)'u')
            {
                rest = rest[(at + 2)..];
                continue;
            }

            var unit = Unit(rest[(at + 2)..]);
            rest = rest[(at + 6)..];
            if (char.IsLowSurrogate(unit))
            {
                return true;
            }

            if (char.IsHighSurrogate(unit))
            {
                if (rest.Length < 6 || rest[0] != (byte)'\\' || rest[1] != (byte)'u' || !char.IsLowSurrogate(Unit(rest[2..])))
                {
                    return true;
                }

                rest = rest[6..];
            }
        }

        return false;
    }

    private static char Unit(ReadOnlySpan<byte> hex)
    {
        // The reader has checked that these are four hexadecimal digits.
        _ = Utf8Parser.TryParse(hex[..4], out ushort unit, out _, 'x');
        return (char)unit;
    }
}
