using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Gemini;

namespace Gateway.Tests.Proxy.Formats.Gemini;

/// <summary>What coding agents declare, as Gemini takes it (B51).</summary>
public sealed class GeminiSchemaTests
{
    [Theory]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""")]
    [InlineData("""{"type":"number","exclusiveMinimum":0,"description":"Seconds"}""", """{"type":"number","description":"Seconds (exclusiveMinimum: 0)"}""")]
    [InlineData("""{"type":"string","format":"uri","pattern":"^h","minLength":1,"default":"x"}""", """{"type":"string","format":"uri","description":"(pattern: \"^h\", minLength: 1, default: \"x\")"}""")]
    [InlineData("""{"const":"one"}""", """{"enum":["one"]}""")]
    [InlineData("""{"const":true}""", """{"description":"(const: [true])"}""")]
    [InlineData("""{"type":["string","null"],"enum":["a",null]}""", """{"type":["string","null"],"description":"(enum: [\"a\", null])"}""")]
    [InlineData("""{"type":"array","items":[{"type":"string"},true]}""", """{"type":"array","prefixItems":[{"type":"string"},{}]}""")]
    [InlineData("""{"definitions":{"N":{"type":"object","properties":{"next":{"$ref":"#/definitions/N","description":"d"}}}},"$ref":"#/definitions/N"}""",
        """{"$defs":{"N":{"type":"object","properties":{"next":{"$ref":"#/$defs/N"}}}},"$ref":"#/$defs/N"}""")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"allOf":[{"minimum":1}],"type":"integer"}},"required":["b"]}]}""",
        """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer","minimum":1}},"required":["a","b"]}""")]
    [InlineData("""{"$defs":{"E":{"enum":["x"]}},"properties":{"e":{"allOf":[{"$ref":"#/$defs/E"}],"default":"x","description":"d"}}}""",
        """{"$defs":{"E":{"enum":["x"]}},"properties":{"e":{"$ref":"#/$defs/E"}}}""")]
    [InlineData("""{"$defs":{"A":{"properties":{"a":{}}}},"allOf":[{"$ref":"#/$defs/A"},{"properties":{"b":{}}}]}""",
        """{"$defs":{"A":{"properties":{"a":{}}}},"properties":{"a":{},"b":{}}}""")]
    [InlineData("""{"anyOf":[{"type":"string","not":{"const":"x"}},{"type":"integer"}]}""", """{"anyOf":[{"type":"string","description":"(not: {\"const\":\"x\"})"},{"type":"integer"}]}""")]
    [InlineData("""{"type":"object","properties":{"default":{"type":"string"},"$schema":{"type":"string"}},"additionalProperties":{"$comment":"c"}}""",
        """{"type":"object","properties":{"default":{"type":"string"},"$schema":{"type":"string"}},"additionalProperties":{}}""")]
    public void Bug_51_52_schemas_lose_what_Gemini_does_not_know(string schema, string expected)
    {
        var given = JsonElement.Parse(schema);

        Cleaned(given).ShouldBe(expected);
        Cleaned(given).ShouldBe(Cleaned(given));
    }

    [Fact]
    public void A_schema_that_merges_with_itself_has_an_end() =>
        GeminiSchemas.Clean(JsonElement.Parse("""{"$defs":{"A":{"allOf":[{"$ref":"#/$defs/A"},{"type":"object"}]}},"allOf":[{"$ref":"#/$defs/A"},{"title":"t"}]}""")).ShouldNotBeNull();

    private static string Cleaned(JsonElement schema)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            GeminiSchemas.Clean(schema).WriteTo(writer);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
