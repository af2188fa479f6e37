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

        var parts = propertyPath.Split('.').Where(part => part != nameof(Optional<int>.Value));
        return string.Join('.', parts.Select(SnakeCase.Policy.ConvertName));
    }
}
