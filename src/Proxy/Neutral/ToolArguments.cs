using System.Text.Json;
using Gateway.Proxy.Formats;

namespace Gateway.Proxy.Neutral;

/// <summary>A call's arguments: text at OpenAI, an object elsewhere.</summary>
internal static class ToolArguments
{
    /// <summary>Holds what was no JSON object, so that no platform refuses a whole conversation for one call of its past.</summary>
    private const string RawMember = "_raw";

    private const string InputMember = "input";

    private static readonly JsonElement Empty = JsonElement.Parse("{}"u8);

    // Of a member that is there twice each platform keeps another one, or refuses the request.
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    public static JsonElement Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Empty;
        }

        try
        {
            var parsed = JsonElement.Parse(text, Options);
            if (parsed.ValueKind == JsonValueKind.Object)
            {
                if (CanBeWritten(parsed))
                {
                    return parsed;
                }
            }
        }
        catch (JsonException)
        {
            // Models do write broken JSON and halves of surrogate pairs, and clients send them back.
        }

        return JsonSerializer.SerializeToElement(new Dictionary<string, string> { [RawMember] = text });
    }

    /// <summary>Whether a call's arguments, as the model wrote them, are an object to their end: a limit may have cut them.</summary>
    public static bool IsWhole(string text)
    {
        try
        {
            return JsonElement.Parse(text).ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The one text of a custom tool's call as arguments.</summary>
    public static JsonElement WrapInput(string? input) => JsonSerializer.SerializeToElement(new Dictionary<string, string?> { [InputMember] = input });

    /// <summary>Arguments as a custom tool's text; what is no such object is the text itself, since models do write it bare.</summary>
    public static string UnwrapInput(string arguments) => Parse(arguments).Text(InputMember) ?? arguments;

    /// <summary>Members in their order, without white space; what <see cref="Parse"/> wrapped is unwrapped.</summary>
    public static string Text(JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            return "{}";
        }

        var members = arguments.EnumerateObject();
        return members.MoveNext() && members.Current.NameEquals(RawMember) && members.Current.Value.ValueKind == JsonValueKind.String && !members.MoveNext()
            ? arguments.GetProperty(RawMember).GetString()!
            : Compact(arguments);
    }

    /// <summary>Whether a value can be written into another JSON: one that escapes half a surrogate pair can not.</summary>
    public static bool CanBeWritten(JsonElement json)
    {
        try
        {
            if (json.ValueKind != JsonValueKind.Undefined && json.GetRawText().Contains("\\u", StringComparison.Ordinal))
            {
                _ = Write(json);
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>A JSON value without white space, spelled as it came otherwise; one with half a surrogate pair, which nothing could write again, as it came.</summary>
    public static string Compact(JsonElement json)
    {
        try
        {
            return Write(json);
        }
        catch (InvalidOperationException)
        {
            return json.GetRawText();
        }
    }

    /// <exception cref="InvalidOperationException">It holds half a surrogate pair.</exception>
    private static string Write(JsonElement json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonText.WriterOptions))
        {
            json.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
