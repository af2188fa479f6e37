using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Simulator.Platforms;

/// <summary>JSON as the platforms send it: all characters as themselves but the few that must be escaped.</summary>
internal static partial class WireJson
{
    private static readonly JsonSerializerOptions CompactOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions IndentedOptions = new(CompactOptions) { WriteIndented = true, NewLine = "\n" };

    public static string Compact(JsonNode json) => Unescape(json.ToJsonString(CompactOptions));

    public static string Indented(JsonNode json) => Unescape(json.ToJsonString(IndentedOptions));

    /// <summary>The relaxed encoder still escapes what lies beyond the basic plane, emoji above all.</summary>
    private static string Unescape(string json) =>
        SurrogatePair().Replace(json, match => $"{match.Groups[1]}{Character(match.Groups[2])}{Character(match.Groups[3])}");

    private static char Character(Group hex) => (char)ushort.Parse(hex.ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // An even number of backslashes in front: those are text.
    [GeneratedRegex(@"(?<!\\)((?:\\\\)*)\\u(D[89AB][0-9A-F]{2})\\u(D[C-F][0-9A-F]{2})")]
    private static partial Regex SurrogatePair();
}
