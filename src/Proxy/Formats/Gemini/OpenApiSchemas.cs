using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>Gemini's older schemas, a part of OpenAPI's, as JSON Schemas.</summary>
internal static class OpenApiSchemas
{
    public static JsonElement ToJsonSchema(JsonElement schema) => JsonSerializer.SerializeToElement(Convert(schema));

    private static JsonObject Convert(JsonElement schema)
    {
        var converted = new JsonObject();
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return converted;
        }

        foreach (var member in schema.EnumerateObject())
        {
            switch (member.Name)
            {
                case "type" when member.Value.ValueKind == JsonValueKind.String:
                    var type = member.Value.GetString()!.ToLowerInvariant();
                    converted["type"] = schema.Boolean("nullable") is true ? new JsonArray(type, "null") : type;
                    break;
                case "properties" when member.Value.ValueKind == JsonValueKind.Object:
                    var properties = new JsonObject();
                    foreach (var property in member.Value.EnumerateObject())
                    {
                        properties[property.Name] = Convert(property.Value);
                    }

                    converted["properties"] = properties;
                    break;
                case "items":
                    converted["items"] = Convert(member.Value);
                    break;
                case "anyOf" or "any_of" when member.Value.ValueKind == JsonValueKind.Array:
                    converted["anyOf"] = new JsonArray([.. member.Value.EnumerateArray().Select(Convert)]);
                    break;
                case "nullable" or "propertyOrdering" or "property_ordering" or "example":
                    break;
                default:
                    // Limits are strings there, since they are 64-bit integers.
                    converted[JsonNamingPolicy.CamelCase.ConvertName(member.Name)] =
                        member.Name is "minItems" or "maxItems" or "minLength" or "maxLength" or "minProperties" or "maxProperties" && schema.ProtoInteger(member.Name) is { } limit
                            ? limit
                            : JsonNode.Parse(member.Value.GetRawText());
                    break;
            }
        }

        return converted;
    }
}
