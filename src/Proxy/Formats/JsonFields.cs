using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Proxy.Formats;

/// <summary>Members of a JSON object by name; what has another type than expected counts as absent.</summary>
internal static class JsonFields
{
    /// <summary>The member's value; default (undefined) when it is absent or null.</summary>
    public static JsonElement Get(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : default;

    public static string? Text(this JsonElement json, string name) => json.Get(name) is { ValueKind: JsonValueKind.String } value ? Read(value) : null;

    public static long? Integer(this JsonElement json, string name) => json.Get(name) is { ValueKind: JsonValueKind.Number } value
        ? value.TryGetInt64(out var integer) ? integer : (long)value.GetDouble()
        : null;

    /// <summary>A number that is one: <c>1e999</c> is infinite, and no JSON.</summary>
    public static double? Number(this JsonElement json, string name) =>
        json.Get(name) is { ValueKind: JsonValueKind.Number } value && value.GetDouble() is var number && double.IsFinite(number) ? number : null;

    public static bool? Boolean(this JsonElement json, string name) =>
        json.Get(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : null;

    public static JsonElement? Object(this JsonElement json, string name) => json.Get(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>The items of an array; none when it is absent.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        json.Get(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    /// <summary>The texts of an array, or the one text that stands in its place.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement json, string name) => json.Get(name) switch
    {
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } many => [.. many.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
        _ => [],
    };

    /// <summary>Platforms escape one character as two, and may cut a text between them: half a character is kept, to be joined with what follows.</summary>
    private static string Read(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(text.GetRawText().AsSpan()[1..^1]);
        }
    }

    private static string Unescape(ReadOnlySpan<char> raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            var escape = raw[++i];
            if (escape == 'u')
            {
                text.Append((char)int.Parse(raw.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(escape switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', _ => escape });
            }
        }

        return text.ToString();
    }

    /// <summary>The texts of an object by their names; of a name that is given twice the last, as JavaScript has it.</summary>
    public static Dictionary<string, string> TextMembers(this JsonElement json, string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json.Object(name) is { } members)
        {
            foreach (var member in members.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String))
            {
                texts[member.Name] = member.Value.GetString()!;
            }
        }

        return texts;
    }
}
