using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>Ids that models have at Bedrock, by the names that others know them by: <c>Data/bedrock-models.json</c>.</summary>
internal static class BedrockModels
{
    private const string ResourceName = "Gateway.src.Proxy.Platforms.Bedrock.Data.bedrock-models.json";
    private const string Bare = "none";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly Model[] Models = Load();
    private static readonly ConcurrentDictionary<(string? Profile, string Geography), FrozenDictionary<string, string>> Tables = new();

    /// <summary>The names of an account: with the profile it names, else with that of its region's geography where a model has it.</summary>
    /// <remarks>Nothing leaves the geography unless the operator says so: <c>global</c> is never chosen here.</remarks>
    public static IReadOnlyDictionary<string, string> Of(AccountOptions options, AccountCredentials credentials)
    {
        var geography = GeographyOf(credentials.Find(CredentialFields.Region) ?? "");
        return Tables.GetOrAdd((options.Profile, geography), static key => Models
            .SelectMany(model => model.Names.Select(name => KeyValuePair.Create(name, IdOf(model, key.Profile, key.Geography))))
            .ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>The id without a profile, which counting tokens wants.</summary>
    public static string WithoutProfile(string id) =>
        Metering.Pricing.ModelName.TryStripRegion(id, out var bare) ? bare.ToString() : id;

    private static string IdOf(Model model, string? profile, string geography) => profile switch
    {
        Bare => model.Id,
        { } named => model.Profiles.Length > 0 ? $"{named}.{model.Id}" : model.Id,
        null => model.Profiles.Contains(geography) ? $"{geography}.{model.Id}"
            : geography is "jp" or "au" && model.Profiles.Contains("apac") ? $"apac.{model.Id}"
            : model.Id,
    };

    /// <summary>Source: Amazon Bedrock user guide, supported regions for inference profiles, read 2026-11.</summary>
    private static string GeographyOf(string region) => region switch
    {
        "ap-northeast-1" or "ap-northeast-3" => "jp",
        "ap-southeast-2" or "ap-southeast-4" => "au",
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => "us-gov",
        _ => region.Split('-')[0] is "ap" ? "apac" : region.Split('-')[0],
    };

    private static Model[] Load()
    {
        using var resource = typeof(BedrockModels).Assembly.GetManifestResourceStream(ResourceName) ?? throw new InvalidDataException("The list of Bedrock's models is not in the program.");
        return JsonSerializer.Deserialize<Model[]>(resource, Json)!;
    }

    private sealed record Model(string Id, string[] Names, string[] Profiles);
}
