using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gateway.Tests.Support;

/// <summary>An OpenAPI 3.1 document, as far as the gateway's own needs: what it says of an answer.</summary>
public sealed class OpenApiDocument(string json)
{
    private readonly JsonElement _root = JsonSerializer.Deserialize<JsonElement>(json);

    /// <summary>Method and path template of each operation.</summary>
    public IEnumerable<(string Method, string Path)> Operations => _root.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject(), (path, operation) => (operation.Name.ToUpperInvariant(), path.Name))
        .Where(operation => operation.Item1 is "GET" or "POST" or "PUT" or "DELETE" or "PATCH");

    /// <summary>Where an answer is not what the document says of it; null: it is, or the document has no such operation.</summary>
    public string? Difference(HttpMethod method, string path, int status, JsonElement answer)
    {
        if (Operation(method, path) is not { } operation)
        {
            return null;
        }

        if (!operation.GetProperty("responses").TryGetProperty(status.ToString(CultureInfo.InvariantCulture), out var response))
        {
            return "its status is not listed";
        }

        return Difference(response.GetProperty("content").GetProperty("application/json").GetProperty("schema"), answer, "$");
    }

    private JsonElement? Operation(HttpMethod method, string path)
    {
        foreach (var template in _root.GetProperty("paths").EnumerateObject())
        {
            var pattern = "^" + Regex.Replace(Regex.Escape(template.Name), @"\\\{[^}]+}", "[^/]+") + "$";
            if (template.Value.TryGetProperty(method.Method.ToLowerInvariant(), out var operation) && Regex.IsMatch(path, pattern))
            {
                return operation;
            }
        }

        return null;
    }

    private string? Difference(JsonElement schema, JsonElement value, string where)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Difference(Resolve(reference.GetString()!), value, where);
        }

        if (schema.TryGetProperty("oneOf", out var choices) || schema.TryGetProperty("anyOf", out choices))
        {
            var differences = choices.EnumerateArray().Select(choice => Difference(choice, value, where)).ToList();
            return differences.Contains(null) ? null : string.Join(" and ", differences);
        }

        if (!schema.TryGetProperty("type", out var type))
        {
            // {} is any value, on purpose; words without a type are a type that the document does not know.
            return !schema.EnumerateObject().Any() ? null : $"{where}: the document gives no type";
        }

        var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()!).ToArray() : [type.GetString()!];
        if (!types.Any(name => Is(name, value)))
        {
            return $"{where}: {value.GetRawText()} is not {string.Join(" or ", types)}";
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => DifferenceOfObject(schema, value, where),
            JsonValueKind.Array => value.EnumerateArray().Select((item, index) => Difference(schema.GetProperty("items"), item, $"{where}[{index}]")).FirstOrDefault(difference => difference is not null),
            JsonValueKind.String => DifferenceOfText(schema, value.GetString()!, where),
            _ => null,
        };
    }

    private string? DifferenceOfObject(JsonElement schema, JsonElement value, string where)
    {
        var properties = schema.TryGetProperty("properties", out var described) ? described : default;
        if (schema.TryGetProperty("required", out var required)
            && required.EnumerateArray().FirstOrDefault(name => !value.TryGetProperty(name.GetString()!, out _)) is { ValueKind: JsonValueKind.String } missing)
        {
            return $"{where}.{missing.GetString()} is missing";
        }

        foreach (var member in value.EnumerateObject())
        {
            var here = $"{where}.{member.Name}";
            var difference = properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(member.Name, out var property) ? Difference(property, member.Value, here)
                : schema.TryGetProperty("additionalProperties", out var other) && other.ValueKind == JsonValueKind.Object ? Difference(other, member.Value, here)
                : properties.ValueKind == JsonValueKind.Object ? $"{here} is not described"
                : null;
            if (difference is not null)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? DifferenceOfText(JsonElement schema, string value, string where)
    {
        if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(name => name.GetString() == value))
        {
            return $"{where}: '{value}' is not one of {allowed.GetRawText()}";
        }

        return schema.TryGetProperty("format", out var format) && format.GetString() == "date-time"
            && !(value.EndsWith('Z') && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _))
            ? $"{where}: '{value}' is not a UTC time"
            : null;
    }

    private JsonElement Resolve(string reference) =>
        reference.Split('/').Skip(1).Aggregate(_root, (element, name) => element.GetProperty(name.Replace("~1", "/", StringComparison.Ordinal)));

    private static bool Is(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => false,
    };
}
