using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>What this format knows of tools that others do not: namespaces, and custom tools that take one text.</summary>
internal static class ResponsesTools
{
    private const string Separator = "__";
    private const string InputMember = "input";

    /// <summary>The one name that a tool of a namespace has elsewhere.</summary>
    public static string FullName(string? space, string name) => string.IsNullOrEmpty(space) ? name : $"{space}{Separator}{name}";

    /// <summary>The name inside the tool's namespace.</summary>
    public static string LocalName(ToolDefinition tool) => tool.Namespace is { } space ? tool.Name[(space.Length + Separator.Length)..] : tool.Name;

    /// <summary>A custom tool's text as arguments.</summary>
    public static JsonElement WrapInput(string input) => JsonSerializer.SerializeToElement(new Dictionary<string, string> { [InputMember] = input });

    /// <summary>Arguments as a custom tool's text; what is no such object is the text itself, since models do write it bare.</summary>
    public static string UnwrapInput(string arguments)
    {
        try
        {
            return JsonElement.Parse(arguments).Text(InputMember) ?? arguments;
        }
        catch (JsonException)
        {
            return arguments;
        }
    }
}
