using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>JSON Schemas as platforms take them. Pure: the same schema gives the same bytes.</summary>
internal static class JsonSchemas
{
    private static readonly string[] StrictKeywords =
    [
        "$ref", "$defs", "definitions", "type", "anyOf", "allOf", "enum", "const", "description", "title", "properties", "required", "items", "format", "additionalProperties",
    ];

    private static readonly string[] StrictFormats = ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

    /// <summary>The schema of a tool's arguments as it came; an empty object's where there is none.</summary>
    public static void WriteToolSchema(Utf8JsonWriter writer, ToolDefinition tool)
    {
        if (tool.IsCustom)
        {
            writer.WriteRawValue("""{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}"""u8, skipInputValidation: true);
        }
        else if (tool.Schema is not { } schema || !schema.EnumerateObject().Any())
        {
            writer.WriteRawValue("""{"type":"object","properties":{}}"""u8, skipInputValidation: true);
        }
        else if (schema.Get("type").ValueKind == JsonValueKind.Undefined && schema.Get("properties").ValueKind == JsonValueKind.Object)
        {
            // Platforms insist on what is plain to people.
            writer.WriteStartObject();
            writer.WriteString("type"u8, "object"u8);
            foreach (var member in schema.EnumerateObject())
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }
        else
        {
            schema.WriteTo(writer);
        }
    }

    /// <summary>As <see cref="WriteStrictSchema"/>, for platforms that take a schema as text.</summary>
    public static string StrictText(JsonElement schema)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonText.WriterOptions))
        {
            WriteStrictSchema(writer, schema);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>
    /// A schema that is enforced, as Claude takes it: objects are closed, <c>oneOf</c> is <c>anyOf</c>, and keywords that it does not enforce go into the
    /// description, where the model reads them.
    /// </summary>
    /// <remarks>Source: Anthropic documentation, Structured outputs, JSON Schema limitations, read 2026-11.</remarks>
    public static void WriteStrictSchema(Utf8JsonWriter writer, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            schema.WriteTo(writer);
            return;
        }

        var told = new List<string>();
        string? description = null;
        writer.WriteStartObject();
        foreach (var member in schema.EnumerateObject())
        {
            switch (member.Name)
            {
                case "description":
                    description = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null;
                    break;
                case "properties" or "$defs" or "definitions" when member.Value.ValueKind == JsonValueKind.Object:
                    writer.WriteStartObject(member.Name);
                    foreach (var property in member.Value.EnumerateObject())
                    {
                        writer.WritePropertyName(property.Name);
                        WriteStrictSchema(writer, property.Value);
                    }

                    writer.WriteEndObject();
                    break;
                case "anyOf" or "oneOf" or "allOf" when member.Value.ValueKind == JsonValueKind.Array:
                    writer.WriteStartArray(member.Name == "oneOf" ? "anyOf" : member.Name);
                    foreach (var option in member.Value.EnumerateArray())
                    {
                        WriteStrictSchema(writer, option);
                    }

                    writer.WriteEndArray();
                    break;
                case "items":
                    writer.WritePropertyName("items"u8);
                    WriteStrictSchema(writer, member.Value);
                    break;
                case "additionalProperties":
                    break;
                case "minItems" when member.Value.ValueKind == JsonValueKind.Number && member.Value.GetDouble() is 0 or 1:
                    member.WriteTo(writer);
                    break;
                case "format" when !StrictFormats.Contains(member.Value.ToString()):
                    told.Add($"format: {member.Value}");
                    break;
                case "$schema" or "$id" or "examples" or "$comment":
                    break;
                case var name when StrictKeywords.Contains(name):
                    member.WriteTo(writer);
                    break;
                default:
                    told.Add($"{member.Name}: {member.Value.GetRawText()}");
                    break;
            }
        }

        if (schema.Get("properties").ValueKind == JsonValueKind.Object || schema.Text("type") == "object")
        {
            writer.WriteBoolean("additionalProperties"u8, false);
        }

        var text = string.Join(' ', new[] { description, told.Count > 0 ? $"({string.Join(", ", told)})" : null }.Where(part => !string.IsNullOrEmpty(part)));
        if (text.Length > 0)
        {
            writer.WriteString("description"u8, text);
        }

        writer.WriteEndObject();
    }
}
