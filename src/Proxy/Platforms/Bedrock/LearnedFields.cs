using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>
/// Members that Bedrock has refused for a model ("Extra inputs are not permitted") and that are left out from then on. Forgotten after a day, in which
/// Bedrock may have learnt them. Bounded whatever clients send. Thread-safe.
/// </summary>
internal sealed partial class LearnedFields(TimeProvider clock)
{
    private const int MostModels = 1000;
    private const int MostFields = 50;
    private const int MostDepth = 10;
    private const string AnyItem = "*";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    // Without these the request would be another one.
    private static readonly string[] Kept = ["messages", "max_tokens", "system", "tools", "tool_choice", "anthropic_version"];

    private readonly ConcurrentDictionary<string, Field[]> _byModel = new(StringComparer.Ordinal);

    /// <returns>
    /// Whether trying again may help: it names members that are left out from now on. Known ones count, since requests that were under way when the first of
    /// them was refused had them still.
    /// </returns>
    public bool Learn(string model, string message)
    {
        var helps = false;
        foreach (Match match in ExtraInput().Matches(message))
        {
            helps |= PathOf(match.Groups[1].Value) is { } path && Add(model, path);
        }

        return helps;
    }

    /// <summary>Paths of members: names, and <c>*</c> for each item of an array.</summary>
    public IEnumerable<string[]> Of(string model)
    {
        if (!_byModel.TryGetValue(model, out var fields))
        {
            return [];
        }

        var oldest = clock.GetUtcNow() - Lifetime;
        return fields.Where(field => field.LearnedAt > oldest).Select(field => field.Path);
    }

    /// <summary>
    /// <c>tools.0.custom.defer_loading</c> is the member of an item: behind the number stands the item's type, which is no member. Messages have no type.
    /// </summary>
    private static string[]? PathOf(string said)
    {
        var path = new List<string>();
        var segments = said.Split('.');
        for (var i = 0; i < segments.Length; i++)
        {
            var isItem = segments[i].All(char.IsAsciiDigit);
            path.Add(isItem ? AnyItem : segments[i]);
            if (isItem && path is not ["messages", AnyItem] && i + 2 < segments.Length)
            {
                i++;
            }
        }

        return path.Count <= MostDepth && path[^1] != AnyItem && !(path.Count == 1 && Kept.Contains(path[0])) ? [.. path] : null;
    }

    /// <returns>False: there are too many models already.</returns>
    private bool Add(string model, string[] path)
    {
        if (Of(model).Any(known => known.SequenceEqual(path)))
        {
            return true;
        }

        if (_byModel.Count >= MostModels && !_byModel.ContainsKey(model))
        {
            return false;
        }

        var field = new Field(path, clock.GetUtcNow());
        _byModel.AddOrUpdate(model, _ => [field], (_, known) => [.. known.TakeLast(MostFields - 1), field]);
        return true;
    }

    [GeneratedRegex("([A-Za-z_][A-Za-z0-9_.-]{0,200}): Extra inputs are not permitted", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ExtraInput();

    private sealed record Field(string[] Path, DateTimeOffset LearnedAt);
}
