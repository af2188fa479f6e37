using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>Which cache marks of a request are sent where a platform takes a few only: those on tools and instructions, and the latest in the messages.</summary>
internal sealed class CacheMarks
{
    private readonly HashSet<object> _kept = new(ReferenceEqualityComparer.Instance);

    public CacheMarks(NeutralRequest request, IReadOnlyList<Turn> turns, int most)
    {
        var first = request.Tools.Where(tool => tool.CacheMinutes is not null).Cast<object>()
            .Concat(request.System.Where(block => block.CacheMinutes is not null));
        var latest = turns.SelectMany(turn => turn.Blocks).Where(block => block.CacheMinutes is not null).Reverse();
        foreach (var marked in first.Concat(latest))
        {
            if (_kept.Count == most)
            {
                HasTooMany = true;
                break;
            }

            _kept.Add(marked);
        }
    }

    /// <summary>Whether some are left out.</summary>
    public bool HasTooMany { get; }

    /// <summary>Minutes, if the mark is sent; otherwise null.</summary>
    public int? Of(Block block) => _kept.Contains(block) ? block.CacheMinutes : null;

    /// <inheritdoc cref="Of(Block)"/>
    public int? Of(ToolDefinition tool) => _kept.Contains(tool) ? tool.CacheMinutes : null;
}
