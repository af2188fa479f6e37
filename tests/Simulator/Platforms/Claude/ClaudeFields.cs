using System.Globalization;
using System.Text.Json;

namespace Simulator.Platforms.Claude;

/// <summary>Checks of single optional members; null means in order.</summary>
internal static class ClaudeFields
{
    public static ScriptedError? Boolean(JsonElement body, string name) =>
        body.Member(name) is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) } ? ClaudeErrors.NotA("boolean", name) : null;

    public static ScriptedError? Integer(JsonElement body, string name, long least, string? path = null)
    {
        if (body.Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var integer))
        {
            return ClaudeErrors.NotA("integer", path ?? name);
        }

        return integer < least ? ClaudeErrors.Invalid($"{path ?? name}: Input should be greater than or equal to {least}") : null;
    }

    public static ScriptedError? Number(JsonElement body, string name, double least, double most)
    {
        if (body.Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number)
        {
            return ClaudeErrors.NotA("number", name);
        }

        return value.GetDouble() switch
        {
            var number when number < least => OutOfRange("greater", least),
            var number when number > most => OutOfRange("less", most),
            _ => null,
        };

        ScriptedError OutOfRange(string side, double bound) =>
            ClaudeErrors.Invalid(string.Create(CultureInfo.InvariantCulture, $"{name}: Input should be {side} than or equal to {bound}"));
    }
}
