using Gateway.Proxy.Formats;

namespace Gateway.Proxy.Neutral;

/// <summary>What a platform demands of the order of turns.</summary>
internal sealed record ConversationRules
{
    /// <summary>System turns may stand anywhere. Otherwise they become reminders inside user turns, never part of the leading instructions: that would change
    /// the prefix of every later prompt.</summary>
    public bool SystemAnywhere { get; init; }

    /// <summary>System turns may stand behind a user turn, at the end or before an assistant's.</summary>
    public bool SystemAfterUser { get; init; }

    public bool MustStartWithUser { get; init; }

    /// <summary>The last turn may be an assistant's.</summary>
    public bool MayEndWithAssistant { get; init; } = true;
}

/// <summary>Brings a conversation into the order that platforms demand, and changes nothing else: roles alternate, results directly follow their calls.</summary>
internal static class Conversation
{
    private const string GoOn = "Continue.";
    private const string Interrupted = "Tool call was interrupted; no result.";

    public static List<Turn> Arrange(NeutralRequest request, ConversationRules rules, RequestTarget target)
    {
        var turns = Pair(Merge(FoldSystem(WithoutBlanks(request.Turns), rules)), request, target);
        if (rules.MustStartWithUser && turns.Count > 0 && turns[0].Role == TurnRole.Assistant)
        {
            turns.Insert(0, GoOnTurn());
            target.Drop(request.Names.Messages);
        }

        if (!rules.MayEndWithAssistant && turns.Count > 0 && turns[^1].Role == TurnRole.Assistant)
        {
            turns.Add(GoOnTurn());
            target.Drop(request.Names.Messages);
        }

        return turns;
    }

    private static Turn GoOnTurn() => new(TurnRole.User, [new TextBlock(GoOn)], "");

    private static IEnumerable<Turn> WithoutBlanks(IReadOnlyList<Turn> turns)
    {
        foreach (var turn in turns)
        {
            var blocks = turn.Blocks.Where(block => block is not TextBlock { IsBlank: true, Signature: null }).ToList();
            if (blocks.Count > 0)
            {
                yield return turn with { Blocks = blocks };
            }
        }
    }

    private static IEnumerable<Turn> FoldSystem(IEnumerable<Turn> turns, ConversationRules rules)
    {
        var all = turns.ToList();
        for (var i = 0; i < all.Count; i++)
        {
            var turn = all[i];
            var isLegal = rules.SystemAnywhere
                || (rules.SystemAfterUser && i > 0 && all[i - 1].Role == TurnRole.User && (i + 1 == all.Count || all[i + 1].Role == TurnRole.Assistant)
                    && turn.Blocks.All(block => block is TextBlock));
            yield return turn.Role != TurnRole.System || isLegal
                ? turn
                : turn with { Role = TurnRole.User, Blocks = [.. turn.Blocks.Select(Remind)] };
        }
    }

    private static Block Remind(Block block) =>
        block is TextBlock text ? text with { Text = $"<system-reminder>\n{text.Text}\n</system-reminder>" } : block;

    private static List<Turn> Merge(IEnumerable<Turn> turns)
    {
        var merged = new List<Turn>();
        List<Block>? growing = null; // The last turn's blocks: a run of one role may be the whole conversation.
        foreach (var turn in turns)
        {
            if (merged.Count == 0 || merged[^1].Role != turn.Role)
            {
                merged.Add(turn);
                growing = null;
                continue;
            }

            if (growing is null)
            {
                growing = [.. merged[^1].Blocks];
                merged[^1] = merged[^1] with { Blocks = growing };
            }

            growing.AddRange(turn.Blocks);
        }

        return merged;
    }

    /// <summary>Puts every result directly behind its call, in the order of the calls, and answers calls that were never answered: all platforms refuse those.</summary>
    private static List<Turn> Pair(List<Turn> turns, NeutralRequest request, RequestTarget target)
    {
        var paired = new List<Turn>(turns.Count);
        List<string> calls = [];
        for (var i = 0; i < turns.Count; i++)
        {
            var turn = turns[i];
            if (turn.Role == TurnRole.Assistant)
            {
                calls = [.. turn.Blocks.OfType<ToolCallBlock>().Select(call => call.Id)];
                paired.Add(calls.Count == 0 ? turn : turn with { Blocks = CallsLast(turn.Blocks) });
                if (calls.Count > 0 && (i + 1 == turns.Count || turns[i + 1].Role != TurnRole.User))
                {
                    paired.Add(Answered(new Turn(TurnRole.User, [], turn.Field), calls));
                    calls = [];
                }

                continue;
            }

            var known = calls.ToHashSet(StringComparer.Ordinal);
            foreach (var result in turn.Blocks.OfType<ToolResultBlock>().Where(result => !known.Contains(result.CallId)))
            {
                target.Refuse(request.Names.Messages, $"holds a tool result for '{result.CallId}', which the assistant's message before it did not call");
            }

            paired.Add(calls.Count == 0 ? turn : Answered(turn, calls));
            calls = [];
        }

        return paired;
    }

    /// <summary>The user's turn behind the calls, with one result for each.</summary>
    private static Turn Answered(Turn turn, List<string> calls)
    {
        var results = new Dictionary<string, ToolResultBlock>(StringComparer.Ordinal);
        foreach (var result in turn.Blocks.OfType<ToolResultBlock>())
        {
            results.TryAdd(result.CallId, result);
        }

        var ids = calls.ToHashSet(StringComparer.Ordinal);
        var ordered = calls.Select(id => results.GetValueOrDefault(id) ?? new ToolResultBlock(id, [new TextBlock(Interrupted)], IsError: true));
        return turn with { Blocks = [.. ordered, .. turn.Blocks.Where(block => block is not ToolResultBlock result || !ids.Contains(result.CallId))] };
    }

    /// <summary>Text behind a call would stand between it and its result: it goes before the first call. Reasoning stays with the call that it led to.</summary>
    private static IReadOnlyList<Block> CallsLast(IReadOnlyList<Block> blocks)
    {
        var firstCall = blocks.TakeWhile(block => block is not ToolCallBlock).Count();
        var behind = blocks.Skip(firstCall).ToList();
        return behind.Exists(IsSaid)
            ? [.. blocks.Take(firstCall), .. behind.Where(IsSaid), .. behind.Where(block => !IsSaid(block))]
            : blocks;

        static bool IsSaid(Block block) => block is not (ToolCallBlock or ThinkingBlock);
    }
}
