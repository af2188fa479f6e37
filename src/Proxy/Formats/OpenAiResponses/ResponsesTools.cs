using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>What this format knows of tools that others do not: namespaces.</summary>
internal static class ResponsesTools
{
    private const string Separator = "__";

    /// <summary>The one name that a tool of a namespace has elsewhere.</summary>
    public static string FullName(string? space, string name) => string.IsNullOrEmpty(space) ? name : $"{space}{Separator}{name}";

    /// <summary>The name inside the tool's namespace.</summary>
    public static string LocalName(ToolDefinition tool) => tool.Namespace is { } space ? tool.Name[(space.Length + Separator.Length)..] : tool.Name;
}
