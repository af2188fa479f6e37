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

    /// <summary>What is wrong with a value; null: nothing.</summary>
    public abstract string? Check(JsonElement value);

    /// <summary>The value of a JSON that <see cref="Check"/> accepts.</summary>
    public abstract object? Read(JsonElement value);
}

/// <summary>A setting of one type. Declare it in the slice or part that reads it, and list it in an <see cref="IHaveSettings"/>.</summary>
internal sealed class Setting<T>(string key, T defaultValue, string description, Func<T, string?>? check = null)
    : Setting(key, TypeName, description)
{
    private static readonly JsonSerializerOptions Json = new();

    public T DefaultValue { get; } = defaultValue;

    public override JsonElement Default { get; } = JsonSerializer.SerializeToElement(defaultValue, Json);

    private static string TypeName =>
        typeof(T) == typeof(bool) ? "boolean"
        : typeof(T) == typeof(int) || typeof(T) == typeof(long) ? "integer"
        : typeof(T) == typeof(decimal) ? "number"
        : "string";

    public override string? Check(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.Null && Nullable.GetUnderlyingType(typeof(T)) is null && typeof(T) != typeof(string)
                ? $"Must be a {Type}."
                : check?.Invoke(value.Deserialize<T>(Json)!);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return $"Must be a {Type}.";
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
