using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Platforms.Capabilities;

/// <summary>The capabilities of every model: shipped ones, by the first pattern that fits.</summary>
internal sealed class CapabilityTable
{
    private const string ResourceName = "Gateway.src.Proxy.Platforms.Capabilities.Data.model-capabilities.json";
    private const int MostRemembered = 1000;

    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private readonly List<(string Pattern, ModelCapabilities Capabilities)> _entries = [];
    private readonly ConcurrentDictionary<string, ModelCapabilities> _remembered = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">The shipped file is malformed.</exception>
    public CapabilityTable()
    {
        using var resource = typeof(CapabilityTable).Assembly.GetManifestResourceStream(ResourceName) ?? throw new InvalidDataException("The file of model capabilities is not in the program.");
        foreach (var entry in JsonNode.Parse(resource)!.AsArray())
        {
            var members = entry!.DeepClone().AsObject();
            members.Remove("models");
            var capabilities = members.Deserialize<ModelCapabilities>(Json)!;
            foreach (var pattern in entry["models"]!.AsArray())
            {
                _entries.Add((pattern!.GetValue<string>(), capabilities));
            }
        }
    }

    /// <param name="account">Whose overrides count.</param>
    /// <param name="upstreamModel">As the platform names it.</param>
    /// <param name="requested">As the client asked for it: operators name Azure's deployments, and one whose name is no model's is this model.</param>
    public ModelCapabilities Of(UpstreamAccount account, string upstreamModel, string requested) =>
        account.Capabilities.Apply(upstreamModel, Of(account.Platform == Platform.Azure && !Knows(upstreamModel) ? requested : upstreamModel));

    /// <param name="upstreamModel">As the platform names it.</param>
    public ModelCapabilities Of(string upstreamModel)
    {
        if (_remembered.TryGetValue(upstreamModel, out var known))
        {
            return known;
        }

        var atVendor = WithoutPlace(upstreamModel);
        var name = BareName(atVendor);
        var found = _entries.Find(entry => Matches(entry.Pattern, name) || Matches(entry.Pattern, atVendor)).Capabilities;
        if (_remembered.Count < MostRemembered)
        {
            _remembered.TryAdd(upstreamModel, found);
        }

        return found;
    }

    /// <summary>What the model's maker calls it, wherever it runs: without region, vendor, version of Bedrock's and date.</summary>
    public static string MakersName(string upstreamModel)
    {
        var name = BareName(WithoutPlace(upstreamModel)).AsSpan();
        if (name.LastIndexOf("-v") is > 0 and var version && version + 2 < name.Length && char.IsAsciiDigit(name[version + 2]))
        {
            name = name[..version];
        }

        return ModelName.TryStripDate(Platform.Claude, name, out var undated) ? undated.ToString() : name.ToString();
    }

    /// <summary>There is an answer for every name; the last one is for those of which nothing is known.</summary>
    private bool Knows(string model) => !ReferenceEquals(Of(model), _entries[^1].Capabilities);

    /// <summary>Where the model runs is no part of its name: neither the region of <c>us.anthropic.claude-opus-5</c> nor what an ARN or a path begins with.</summary>
    private static string WithoutPlace(string model)
    {
        var name = model[(model.LastIndexOf('/') + 1)..];
        return ModelName.TryStripRegion(name, out var bare) ? bare.ToString() : name;
    }

    /// <summary><c>anthropic.claude-haiku-4-5-20251001-v1:0</c> is <c>claude-haiku-4-5-20251001-v1:0</c>.</summary>
    private static string BareName(string name)
    {
        var vendor = name.LastIndexOf("anthropic.", StringComparison.Ordinal);
        return vendor >= 0 ? name[(vendor + "anthropic.".Length)..] : name;
    }

    public static bool Matches(string pattern, string name) =>
        pattern[^1] == '*' ? name.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase) : string.Equals(pattern, name, StringComparison.OrdinalIgnoreCase);
}
