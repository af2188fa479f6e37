using System.Text.Json;

namespace Gateway.Infrastructure.Configs;

/// <summary>A setting that changes at run time, on every instance, without a restart.</summary>
internal abstract class Setting(string key, string type, string description)
{
    public string Key { get; } = key;

    /// <summary><c>boolean</c>, <c>integer</c>, <c>number</c> or <c>string</c>.</summary>
    public string Type { get; } = type;

    public string Description { get; } = description;

    public abstract JsonElement Default { get; }

    /// <summary>What is wrong with a value; null: nothing. A value of null is accepted where the default is null.</summary>
    public abstract string? Check(JsonElement value);

    /// <summary>The value of a JSON that <see cref="Check"/> accepts.</summary>
    public abstract object? Read(JsonElement value);

    /// <summary>What counts when this is stored: another version may have stored what this one does not accept, and then the default does.</summary>
    public JsonElement ValueOf(string stored)
    {
        var value = JsonSerializer.Deserialize<JsonElement>(stored);
        return Check(value) is null ? value : Default;
    }
}

/// <summary>A setting of one type. Declare it in the slice or part that reads it, and list it in an <see cref="IHaveSettings"/>.</summary>
internal sealed class Setting<T>(string key, T defaultValue, string description, Func<T, string?>? check = null)
    : Setting(key, TypeName, description)
{
    private static readonly JsonSerializerOptions Json = new();

    public T DefaultValue { get; } = defaultValue;

    public override JsonElement Default { get; } = JsonSerializer.SerializeToElement(defaultValue, Json);

    private static string TypeName => (Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)) switch
    {
        var type when type == typeof(bool) => "boolean",
        var type when type == typeof(int) || type == typeof(long) => "integer",
        var type when type == typeof(decimal) => "number",
        _ => "string",
    };

    private string WrongType => $"Must be of type {Type}{(DefaultValue is null ? ", or null" : "")}.";

    public override string? Check(JsonElement value)
    {
        try
        {
            // Read even when nothing more is checked: that it can be read is the first check.
            var read = value.Deserialize<T>(Json);
            return value.ValueKind == JsonValueKind.Null && DefaultValue is not null ? WrongType : check?.Invoke(read!);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return WrongType;
        }
    }

    public override object? Read(JsonElement value) => value.Deserialize<T>(Json);
}

/// <summary>A type that declares settings; found by the same scan as endpoints and handlers.</summary>
internal interface IHaveSettings
{
    IEnumerable<Setting> Settings { get; }
}

internal static class SettingChecks
{
    public static Func<int, string?> Between(int least, int most) =>
        value => value >= least && value <= most ? null : $"Must be between {least} and {most}.";

    public static Func<string, string?> OneOf(params string[] accepted) =>
        value => value is not null && accepted.Contains(value, StringComparer.Ordinal) ? null : $"Must be one of: {string.Join(", ", accepted)}.";
}
