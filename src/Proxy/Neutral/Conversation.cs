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
        var turns = Merge(FoldSystem(WithoutBlanks(request.Turns), rules));
        Pair(turns, request, target);
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
        foreach (var turn in turns)
        {
            if (merged.Count > 0 && merged[^1].Role == turn.Role)
            {
                merged[^1] = merged[^1] with { Blocks = [.. merged[^1].Blocks, .. turn.Blocks] };
            }
            else
            {
                merged.Add(turn);
            }
        }

        return merged;
    }

    /// <summary>Puts every result directly behind its call, in the order of the calls, and answers calls that were never answered: all platforms refuse those.</summary>
    private static void Pair(List<Turn> turns, NeutralRequest request, RequestTarget target)
    {
        for (var i = 0; i < turns.Count; i++)
        {
            var turn = turns[i];
            if (turn.Role != TurnRole.Assistant)
            {
                var before = i > 0 && turns[i - 1].Role == TurnRole.Assistant ? turns[i - 1] : null;
                foreach (var result in turn.Blocks.OfType<ToolResultBlock>())
                {
                    if (before?.Blocks.OfType<ToolCallBlock>().Any(call => call.Id == result.CallId) != true)
                    {
                        target.Refuse(request.Names.Messages, $"holds a tool result for '{result.CallId}', which the assistant's message before it did not call");
                    }
                }

                continue;
            }

            var calls = turn.Blocks.OfType<ToolCallBlock>().ToList();
            if (calls.Count == 0)
            {
                continue;
            }

            turns[i] = turn with { Blocks = CallsLast(turn.Blocks) };
            if (i + 1 == turns.Count || turns[i + 1].Role != TurnRole.User)
            {
                turns.Insert(i + 1, new Turn(TurnRole.User, [], turn.Field));
            }

            var next = turns[i + 1];
            var results = next.Blocks.OfType<ToolResultBlock>().ToList();
            var ordered = calls.Select(call => results.Find(result => result.CallId == call.Id)
                ?? new ToolResultBlock(call.Id, [new TextBlock(Interrupted)], IsError: true));
            var ids = calls.Select(call => call.Id).ToHashSet(StringComparer.Ordinal);
            turns[i + 1] = next with
            {
                Blocks = [.. ordered, .. next.Blocks.Where(block => block is not ToolResultBlock result || !ids.Contains(result.CallId))],
            };
        }
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
