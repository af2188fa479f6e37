using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Infrastructure.Json;

/// <summary>An enumeration that is a word in JSON, in snake_case, and never a number. Put it on the type: it then holds for the API and for JSON columns alike.</summary>
/// <remarks>The reader joins words at commas, also where they are no flags: validate with <c>IsInEnum</c>.</remarks>
internal sealed class SnakeCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
