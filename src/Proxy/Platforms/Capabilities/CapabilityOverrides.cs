using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Proxy.Platforms.Capabilities;

/// <summary>What an account knows better than the shipped table: members of <see cref="ModelCapabilities"/> by model pattern. Thread-safe.</summary>
/// <param name="byPattern">A pattern is the platform's name of a model, with at most one <c>*</c> at its end; null: nothing.</param>
internal sealed class CapabilityOverrides(IReadOnlyDictionary<string, JsonElement>? byPattern)
{
    private const int MostRemembered = 100;

    public static readonly CapabilityOverrides None = new(null);

    private readonly ConcurrentDictionary<string, ModelCapabilities> _remembered = new(StringComparer.Ordinal);

    /// <param name="shipped">What the table says of the model.</param>
    public ModelCapabilities Apply(string upstreamModel, ModelCapabilities shipped)
    {
        if (byPattern is null || byPattern.Count == 0)
        {
            return shipped;
        }

        if (_remembered.TryGetValue(upstreamModel, out var known))
        {
            return known;
        }

        var found = shipped;
        foreach (var (pattern, members) in byPattern)
        {
            if (CapabilityTable.Matches(pattern, upstreamModel) && TryMerge(found, members, out var merged, out _))
            {
                found = merged;
            }
        }

        if (_remembered.Count < MostRemembered)
        {
            _remembered.TryAdd(upstreamModel, found);
        }

        return found;
    }

    /// <summary>What is wrong with the members of one pattern; null: nothing.</summary>
    public static string? Problem(JsonElement members) => TryMerge(new ModelCapabilities(), members, out _, out var problem) ? null : problem;

    private static bool TryMerge(ModelCapabilities capabilities, JsonElement members, out ModelCapabilities merged, out string? problem)
    {
        merged = capabilities;
        problem = null;
        try
        {
            var all = JsonSerializer.SerializeToNode(capabilities, CapabilityTable.Json)!.AsObject();
            foreach (var member in members.EnumerateObject())
            {
                all[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            }

            merged = all.Deserialize<ModelCapabilities>(CapabilityTable.Json)!;
            return true;
        }
        catch (JsonException exception)
        {
            problem = exception.Path is { Length: > 2 } path ? $"'{path[2..]}' is no capability, or has another type." : "Some member is no capability, or has another type.";
            return false;
        }
    }
}
