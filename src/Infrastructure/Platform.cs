using System.Collections.Frozen;

namespace Gateway.Infrastructure;

/// <summary>An AI platform whose accounts operators register. The numeric values are stored and never reused.</summary>
public enum Platform
{
    Claude = 1,
    ClaudeCcr = 2,
    OpenAi = 3,
    Azure = 4,
    Gemini = 5,
    Bedrock = 6,
}

/// <summary>The names of platforms in JSON, in the database and in a model's <c>platform/</c> prefix.</summary>
internal static class PlatformNames
{
    private static readonly FrozenDictionary<string, Platform> ByName = new Dictionary<string, Platform>
    {
        ["claude"] = Platform.Claude,
        ["claude_ccr"] = Platform.ClaudeCcr,
        ["openai"] = Platform.OpenAi,
        ["azure"] = Platform.Azure,
        ["gemini"] = Platform.Gemini,
        ["bedrock"] = Platform.Bedrock,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<Platform, string> ByPlatform =
        ByName.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>Every name, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<Platform>().Select(Name)];

    public static string Name(this Platform platform) => ByPlatform[platform];

    /// <exception cref="ArgumentException">There is no such platform.</exception>
    public static Platform Parse(string name) =>
        TryParse(name, out var platform) ? platform : throw new ArgumentException($"There is no platform '{name}'.", nameof(name));

    public static bool TryParse(string? name, out Platform platform)
    {
        platform = default;
        return name is not null && ByName.TryGetValue(name, out platform);
    }
}
