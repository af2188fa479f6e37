using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Metering;

/// <summary>What moves a request's price beside the counts that every record has: kept so that a record can be priced again. Parts of those counts, and what most requests do not have.</summary>
internal sealed record UsageDetails
{
    private const int MostCharacters = 64;

    private static readonly UsageDetails Nothing = new();

    public long InputAudioTokens { get; init; }

    public long InputImageTokens { get; init; }

    public long CacheReadAudioTokens { get; init; }

    public long OutputAudioTokens { get; init; }

    public long OutputImageTokens { get; init; }

    public long WebSearchCalls { get; init; }

    public string? Speed { get; init; }

    public string? Geo { get; init; }

    /// <summary>The region of the account's credentials.</summary>
    public string? Region { get; init; }

    /// <returns>Null: there is nothing of it.</returns>
    public static UsageDetails? Of(in TokenUsage usage, string? region)
    {
        var details = new UsageDetails
        {
            InputAudioTokens = usage.InputAudioTokens ?? 0,
            InputImageTokens = usage.InputImageTokens ?? 0,
            CacheReadAudioTokens = usage.CacheReadAudioTokens ?? 0,
            OutputAudioTokens = usage.OutputAudioTokens ?? 0,
            OutputImageTokens = usage.OutputImageTokens ?? 0,
            WebSearchCalls = usage.WebSearchCalls ?? 0,
            Speed = Short(usage.Speed),
            Geo = Short(usage.Geo),
            Region = Short(region),
        };
        return details == Nothing ? null : details;
    }

    public static string? Write(UsageDetails? details) => details is null ? null : JsonSerializer.Serialize(details, MeteringJson.Default.UsageDetails);

    /// <exception cref="JsonException">It is not what this version writes.</exception>
    public static UsageDetails? Read(string? json) => json is null ? null : JsonSerializer.Deserialize(json, MeteringJson.Default.UsageDetails);

    private static string? Short(string? text) => text is { Length: > 0 and <= MostCharacters } ? text : null;
}
