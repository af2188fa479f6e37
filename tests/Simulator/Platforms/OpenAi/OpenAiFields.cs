using System.Globalization;
using System.Text.Json;

namespace Simulator.Platforms.OpenAi;

/// <summary>Checks of single optional members; null means in order. Absent and null are the same to this platform.</summary>
internal static class OpenAiFields
{
    public static ScriptedError? Boolean(JsonElement body, string name) =>
        body.Member(name) is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) } value
            ? OpenAiErrors.WrongType(name, "a boolean", value)
            : null;

    public static ScriptedError? String(JsonElement body, string name) => OfKind(body, name, JsonValueKind.String, "a string");

    public static ScriptedError? Object(JsonElement body, string name) => OfKind(body, name, JsonValueKind.Object, "an object");

    public static ScriptedError? Integer(JsonElement body, string name, long least, long most = int.MaxValue)
    {
        if (body.Member(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var integer)
            ? InRange("integer", name, integer, least, most)
            : OpenAiErrors.WrongType(name, "an integer", value);
    }

    public static ScriptedError? Number(JsonElement body, string name, double least, double most)
    {
        if (body.Member(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number
            ? InRange("decimal", name, value.GetDouble(), least, most)
            : OpenAiErrors.WrongType(name, "a decimal", value);
    }

    public static ScriptedError? OneOf(JsonElement body, string name, params ReadOnlySpan<string> values)
    {
        if (String(body, name) is { } wrongType)
        {
            return wrongType;
        }

        return body.Text(name) is { } text && !values.Contains(text) ? NotOneOf(name, text, values) : null;
    }

    public static ScriptedError NotOneOf(string param, string? value, params ReadOnlySpan<string> values) =>
        OpenAiErrors.Invalid($"Invalid value: '{value}'. Supported values are: '{string.Join("', '", values)}'.", param, "invalid_value");

    public static ScriptedError Empty(string param) => OpenAiErrors.Invalid(
        $"Invalid '{param}': empty array. Expected an array with minimum length 1, but got an empty array instead.", param, "empty_array");

    public static ScriptedError TooLong(string param, int most, int count) => OpenAiErrors.Invalid(
        $"Invalid '{param}': array too long. Expected an array with maximum length {most}, but got an array with length {count} instead.",
        param,
        "array_above_max_length");

    private static ScriptedError? OfKind(JsonElement body, string name, JsonValueKind kind, string expected) =>
        body.Member(name) is { } value && value.ValueKind != kind ? OpenAiErrors.WrongType(name, expected, value) : null;

    private static ScriptedError? InRange(string kind, string name, double value, double least, double most)
    {
        if (value >= least && value <= most)
        {
            return null;
        }

        var (side, sign, bound) = value > most ? ("above maximum", "<=", most) : ("below minimum", ">=", least);
        return OpenAiErrors.Invalid(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Invalid '{name}': {kind} {side} value. Expected a value {sign} {bound}, but got {value} instead."),
            name,
            $"{kind}_{side.Replace("imum", "", StringComparison.Ordinal).Replace(' ', '_')}_value");
    }
}
