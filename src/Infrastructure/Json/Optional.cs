using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Infrastructure.Json;

/// <summary>A member of an update: absent means unchanged, null means cleared.</summary>
[JsonConverter(typeof(OptionalConverterFactory))]
public readonly record struct Optional<T> : IOptional
{
    public Optional(T value)
    {
        IsSet = true;
        Value = value;
    }

    /// <summary>Whether the client sent the member at all.</summary>
    public bool IsSet { get; }

    public T Value { get; }

    /// <summary>The new value, or the present one when the client sent none.</summary>
    public T Or(T present) => IsSet ? Value : present;

    public static implicit operator Optional<T>(T value) => new(value);
}

/// <summary>An <see cref="Optional{T}"/> of any type.</summary>
internal interface IOptional
{
    bool IsSet { get; }
}

internal sealed class OptionalConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(OptionalConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()[0]))!;
}

internal sealed class OptionalConverter<T> : JsonConverter<Optional<T>>
{
    public override bool HandleNull => true;

    public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return new(JsonSerializer.Deserialize<T>(ref reader, options)!);
        }
        catch (JsonException exception)
        {
            // The path of this one starts at the member's value; the serializer completes only a path that is not set yet. JsonNames.Path joins them.
            throw new JsonException(exception.Message, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Value, options);
}
