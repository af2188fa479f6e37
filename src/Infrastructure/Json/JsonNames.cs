using System.Text;
using System.Text.Json;

namespace Gateway.Infrastructure.Json;

/// <summary>From C# names to the names that clients write.</summary>
internal static class JsonNames
{
    /// <summary><c>Subscription.LimitUsd</c> → <c>subscription.limit_usd</c>; the <c>Value</c> of an <see cref="Optional{T}"/> is not part of the name.</summary>
    public static string Path(string propertyPath)
    {
        if (propertyPath.Length == 0)
        {
            return "body";
        }

        // "Limits.Value[0].Limit" is an element of the list that the optional member holds.
        var parts = propertyPath.Replace(".Value[", "[", StringComparison.Ordinal).Split('.');
        return string.Join('.', parts.Where((part, index) => index == 0 || part != nameof(Optional<int>.Value)).Select(SnakeCase.Policy.ConvertName));
    }

    /// <summary>The member that a body failed at, as <c>limits[0].limit</c>; null when it is the body itself.</summary>
    public static string? Path(JsonException exception)
    {
        var path = new StringBuilder();
        for (var part = exception; part is not null; part = part.InnerException as JsonException)
        {
            path.Append(part.Path is { Length: > 1 } inner && inner[0] == '$' ? inner[1..] : "");
        }

        return path.Length > 1 && path[0] == '.' ? path.ToString(1, path.Length - 1) : null;
    }
}
