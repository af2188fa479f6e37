using System.Text.Json;
using System.Text.Json.Nodes;

namespace Simulator.Platforms;

/// <summary>Reads request bodies as strictly as the platforms do, and more: duplicate keys are refused.</summary>
internal static class RequestJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <returns>Null and the problem when the body is not JSON; the platform words the answer.</returns>
    public static JsonElement? TryParse(ReceivedRequest request, out string problem)
    {
        try
        {
            problem = "";
            var body = JsonElement.Parse(request.Body.Span, Strict);
            DecodeStrings(body);
            return body;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problem = exception.Message;
            return null;
        }
    }

    public static bool IsJsonContent(ReceivedRequest request) =>
        request.Header("content-type")?.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The member's value; null when it is absent or null.</summary>
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>The member's text; null when it is not a string.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool IsTrue(this JsonElement element, string name) => element.Member(name) is { ValueKind: JsonValueKind.True };

    /// <summary>The items of a member that is an array; nothing when it is not.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    /// <summary>A message's text, whether its content is a string or text parts.</summary>
    public static string ContentText(this JsonElement message) =>
        message.Text("content") ?? string.Concat(message.Items("content").Select(part => part.Text("text")));

    public static JsonArray ToJsonArray(this IEnumerable<JsonNode> nodes) => new([.. nodes]);

    /// <summary>The parser takes halves of surrogate pairs and broken UTF-8; only reading such a string fails.</summary>
    /// <exception cref="InvalidOperationException">A string or a member's name is not valid Unicode.</exception>
    private static void DecodeStrings(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    DecodeStrings(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    DecodeStrings(member.Value);
                }

                break;
        }
    }
}
