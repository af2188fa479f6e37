using System.Collections.Concurrent;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Scheduling;

/// <summary>What limits and failures of a model are kept by: the model wherever it runs, without its snapshot's date.</summary>
internal static class ModelFamilies
{
    public const int MaxLength = 100;

    private const int MostRemembered = 10_000;

    private static readonly ConcurrentDictionary<string, string> Remembered = new(StringComparer.Ordinal);

    public static string Of(string upstreamModel)
    {
        if (Remembered.TryGetValue(upstreamModel, out var known))
        {
            return known;
        }

        var name = CapabilityTable.MakersName(upstreamModel);
        name = name.Length > MaxLength ? name[..MaxLength] : name.Length > 0 ? name : "-";
        if (Remembered.Count < MostRemembered)
        {
            Remembered.TryAdd(upstreamModel, name);
        }

        return name;
    }
}
