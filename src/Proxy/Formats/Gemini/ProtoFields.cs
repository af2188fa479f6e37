using System.Text.Json;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>Members as Google's JSON names them on input: <c>camelCase</c>, or the <c>snake_case</c> of the protocol's own definition.</summary>
internal static class ProtoFields
{
    /// <param name="camel">In camel case.</param>
    public static JsonElement Proto(this JsonElement json, string camel) =>
        json.Get(camel) is { ValueKind: not JsonValueKind.Undefined } value ? value : json.Get(JsonNamingPolicy.SnakeCaseLower.ConvertName(camel));

    /// <inheritdoc cref="Proto"/>
    public static JsonElement? ProtoObject(this JsonElement json, string camel) => json.Proto(camel) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <inheritdoc cref="Proto"/>
    public static string? ProtoText(this JsonElement json, string camel) => json.Proto(camel) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <inheritdoc cref="Proto"/>
    public static IEnumerable<JsonElement> ProtoItems(this JsonElement json, string camel) =>
        json.Proto(camel) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    /// <summary>A number, or its text: 64-bit integers are strings in proto JSON. So are <c>NaN</c> and the infinite ones, which count as absent.</summary>
    public static double? ProtoNumber(this JsonElement json, string camel)
    {
        double? number = json.Proto(camel) switch
        {
            { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
            { ValueKind: JsonValueKind.String } value when double.TryParse(value.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var written) => written,
            _ => null,
        };
        return number is { } found && double.IsFinite(found) ? found : null;
    }

    /// <inheritdoc cref="ProtoNumber"/>
    public static long? ProtoInteger(this JsonElement json, string camel) => (long?)json.ProtoNumber(camel);
}
