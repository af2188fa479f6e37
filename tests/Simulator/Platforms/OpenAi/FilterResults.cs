using System.Text.Json.Nodes;

namespace Simulator.Platforms.OpenAi;

/// <summary>What Azure's content filter says of a prompt or an answer.</summary>
internal static class FilterResults
{
    private static readonly string[] Categories = ["hate", "self_harm", "sexual", "violence"];

    /// <param name="filtered">The category that was found; null: none.</param>
    public static JsonObject Of(string? filtered = null)
    {
        var results = new JsonObject();
        foreach (var category in Categories)
        {
            results[category] = new JsonObject { ["filtered"] = category == filtered, ["severity"] = category == filtered ? "high" : "safe" };
        }

        return results;
    }
}
