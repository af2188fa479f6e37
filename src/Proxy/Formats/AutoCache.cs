using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>
/// Marks for the prompt cache, for clients whose format has none, at platforms that cache nothing without: on the last tool, the last instruction and the
/// last message of the user. A write costs a quarter more than plain input, so only where a later request will read it: with tools, or in a conversation.
/// </summary>
internal static class AutoCache
{
    private const int Minutes = 5;

    // Text of the common languages takes 3 to 5 bytes a token.
    private const int BytesPerToken = 4;

    /// <param name="textBytes">Size of the request, without media.</param>
    public static NeutralRequest Apply(NeutralRequest request, RequestTarget target, long textBytes)
    {
        var lastUser = request.Turns.Select((turn, index) => (turn, index)).LastOrDefault(pair => pair.turn.Role == TurnRole.User && pair.turn.Blocks.Count > 0);
        if (!target.AutoCache
            || request.Vendor == Vendors.Claude
            || lastUser.turn is null
            || textBytes / BytesPerToken < target.Capabilities.MinCacheTokens
            || (request.Tools.Count == 0 && !request.Turns.Any(turn => turn.Role == TurnRole.Assistant))
            || HasMarks(request))
        {
            return request;
        }

        var turns = request.Turns.ToList();
        turns[lastUser.index] = lastUser.turn with { Blocks = Marked(lastUser.turn.Blocks, block => block with { CacheMinutes = Minutes }) };
        return request with
        {
            Turns = turns,
            System = Marked(request.System, block => block with { CacheMinutes = Minutes }),
            Tools = Marked(request.Tools, tool => tool with { CacheMinutes = Minutes }),
        };
    }

    private static IReadOnlyList<T> Marked<T>(IReadOnlyList<T> items, Func<T, T> mark) => items.Count == 0 ? items : [.. items.SkipLast(1), mark(items[^1])];

    private static bool HasMarks(NeutralRequest request) =>
        request.Tools.Any(tool => tool.CacheMinutes is not null)
        || request.System.Any(block => block.CacheMinutes is not null)
        || request.Turns.Any(turn => turn.Blocks.Any(block => block.CacheMinutes is not null));
}
