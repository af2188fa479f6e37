using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>
/// JSON Schemas as Gemini's JSON form takes them: what it does not know is left out, and said in the description where it means something. Pure: the same
/// schema gives the same bytes.
/// </summary>
/// <remarks>Source: Gemini API reference, FunctionDeclaration.parametersJsonSchema and GenerationConfig.responseJsonSchema, read 2026-11.</remarks>
internal static class GeminiSchemas
{
    private const string Definitions = "#/definitions/";
    private const string Defs = "#/$defs/";

    // Schemas that merge into one another have an end here.
    private const int MostMerges = 16;

    private static readonly string[] Meaningless = ["$schema", "$comment", "examples", "deprecated", "readOnly", "writeOnly", "discriminator", "xml", "externalDocs", "strict"];

    /// <summary>The schema of a tool's arguments; null: it takes none.</summary>
    public static JsonNode? OfTool(ToolDefinition tool)
    {
        if (tool.IsCustom)
        {
            return JsonNode.Parse("""{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}""");
        }

        if (tool.Schema is not { } schema || Clean(schema) is not JsonObject cleaned)
        {
            return null;
        }

        if (!cleaned.ContainsKey("type") && !cleaned.ContainsKey("$ref") && !cleaned.ContainsKey("anyOf") && !cleaned.ContainsKey("oneOf"))
        {
            cleaned.Insert(0, "type", "object");
        }

        return cleaned["properties"] is JsonObject { Count: 0 } or null && IsPlainObject(cleaned) ? null : cleaned;
    }

    /// <summary>A schema as it is sent.</summary>
    public static JsonNode Clean(JsonElement schema) => Clean(schema, schema, 0);

    private static bool IsPlainObject(JsonObject schema) =>
        schema["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String && type.GetValue<string>() == "object" && schema["additionalProperties"] is not JsonObject
        && !schema.ContainsKey("anyOf") && !schema.ContainsKey("oneOf") && !schema.ContainsKey("$ref");

    private static JsonNode Clean(JsonElement schema, JsonElement root, int merges)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return new JsonObject(); // True, or something that is no schema: anything goes.
        }

        if (schema.Items("allOf").Any())
        {
            return merges < MostMerges ? Clean(Merge(schema, root), root, merges + 1) : new JsonObject();
        }

        var cleaned = new JsonObject();
        var told = new List<string>();
        foreach (var member in schema.EnumerateObject())
        {
            if (!cleaned.ContainsKey(member.Name))
            {
                Add(cleaned, told, member, root, merges);
            }
        }

        if (told.Count > 0)
        {
            var description = cleaned["description"]?.GetValue<string>();
            cleaned["description"] = $"{(string.IsNullOrEmpty(description) ? "" : description + " ")}({string.Join(", ", told)})";
        }

        return cleaned.ContainsKey("$ref") ? OnlyReference(cleaned) : cleaned;
    }

    private static void Add(JsonObject cleaned, List<string> told, JsonProperty member, JsonElement root, int merges)
    {
        var value = member.Value;
        switch (member.Name)
        {
            case "properties" or "$defs" or "definitions" when value.ValueKind == JsonValueKind.Object:
                var named = new JsonObject();
                foreach (var property in value.EnumerateObject())
                {
                    named[property.Name] = Clean(property.Value, root, merges);
                }

                cleaned[member.Name == "properties" ? "properties" : "$defs"] = named;
                break;
            case "anyOf" or "oneOf" or "prefixItems" when value.ValueKind == JsonValueKind.Array:
                cleaned[member.Name] = new JsonArray([.. value.EnumerateArray().Select(option => Clean(option, root, merges))]);
                break;
            case "items" when value.ValueKind == JsonValueKind.Array:
                cleaned["prefixItems"] = new JsonArray([.. value.EnumerateArray().Select(item => Clean(item, root, merges))]);
                break;
            case "items":
                cleaned["items"] = Clean(value, root, merges);
                break;
            case "additionalProperties":
                cleaned["additionalProperties"] = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? JsonValue.Create(value.GetBoolean()) : Clean(value, root, merges);
                break;
            case "enum" when value.ValueKind == JsonValueKind.Array:
                AddValues(cleaned, told, member.Name, value.EnumerateArray());
                break;
            case "const":
                AddValues(cleaned, told, member.Name, [value]);
                break;
            case "$ref" when value.ValueKind == JsonValueKind.String:
                var reference = value.GetString()!;
                cleaned["$ref"] = reference.StartsWith(Definitions, StringComparison.Ordinal) ? Defs + reference[Definitions.Length..] : reference;
                break;
            case "$id" or "$anchor" or "title" or "description" or "format" when value.ValueKind == JsonValueKind.String:
            case "type" when value.ValueKind is JsonValueKind.String or JsonValueKind.Array:
            case "required" or "propertyOrdering" when value.ValueKind == JsonValueKind.Array:
            case "minItems" or "maxItems" or "minimum" or "maximum" when value.ValueKind == JsonValueKind.Number:
                cleaned[member.Name] = JsonNode.Parse(value.GetRawText());
                break;
            case "allOf" or "description" or "title" or "required" or "type":
                break; // Empty, or of a type that no schema has.
            case var name when Meaningless.Contains(name) || name.StartsWith("x-", StringComparison.Ordinal):
                break;
            default:
                told.Add($"{member.Name}: {ToolArguments.Compact(value)}");
                break;
        }
    }

    /// <summary>Texts and numbers only; what is null or a truth value goes into the description.</summary>
    private static void AddValues(JsonObject cleaned, List<string> told, string keyword, IEnumerable<JsonElement> values)
    {
        var all = values.ToList();
        var taken = all.Where(value => value.ValueKind is JsonValueKind.String or JsonValueKind.Number).ToList();
        if (taken.Count == all.Count && taken.Count > 0)
        {
            cleaned["enum"] = new JsonArray([.. taken.Select(value => JsonNode.Parse(value.GetRawText()))]);
        }
        else
        {
            told.Add($"{keyword}: [{string.Join(", ", all.Select(ToolArguments.Compact))}]");
        }
    }

    /// <summary>Beside a reference only members that begin with <c>$</c> may stand.</summary>
    private static JsonObject OnlyReference(JsonObject cleaned)
    {
        foreach (var name in cleaned.Select(member => member.Key).Where(name => name[0] != '$').ToList())
        {
            cleaned.Remove(name);
        }

        return cleaned;
    }

    /// <summary><c>allOf</c> as one schema: properties and demands together, of everything else what comes first.</summary>
    private static JsonElement Merge(JsonElement schema, JsonElement root)
    {
        var parts = schema.Items("allOf").ToList();
        var merged = new JsonObject();
        Put(schema);
        foreach (var part in parts)
        {
            // One reference alone stays one.
            Put(parts.Count == 1 && schema.Get("properties").ValueKind == JsonValueKind.Undefined ? part : Resolve(part, root));
        }

        return JsonSerializer.SerializeToElement(merged);

        void Put(JsonElement part)
        {
            if (part.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            foreach (var member in part.EnumerateObject())
            {
                var known = merged[member.Name];
                if (member.Name == "allOf" && part.Equals(schema))
                {
                    continue;
                }

                if (known is null)
                {
                    merged[member.Name] = JsonNode.Parse(member.Value.GetRawText());
                }
                else if (known is JsonObject properties && member is { Name: "properties" or "$defs" or "definitions", Value.ValueKind: JsonValueKind.Object })
                {
                    foreach (var property in member.Value.EnumerateObject().Where(property => !properties.ContainsKey(property.Name)))
                    {
                        properties[property.Name] = JsonNode.Parse(property.Value.GetRawText());
                    }
                }
                else if (known is JsonArray items && member is { Name: "required" or "allOf", Value.ValueKind: JsonValueKind.Array })
                {
                    foreach (var item in member.Value.EnumerateArray())
                    {
                        items.Add(JsonNode.Parse(item.GetRawText()));
                    }
                }
            }
        }
    }

    private static JsonElement Resolve(JsonElement part, JsonElement root)
    {
        if (part.Text("$ref") is not { } reference || !reference.StartsWith("#/", StringComparison.Ordinal))
        {
            return part;
        }

        var found = root;
        foreach (var name in reference[2..].Split('/'))
        {
            found = found.Get(name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        }

        return found;
    }
}
