using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>Thinking that Claude would refuse in a conversation that goes on to it as it is: of other vendors, and of other accounts.</summary>
internal static class ClaudeForeignThinking
{
    public static void CollectEdits(ReadOnlySpan<byte> body, ForeignSignatures signatures, List<BodyEdit> edits)
    {
        if ((signatures.IsNone && !SignatureTag.MayBeIn(body)) || JsonMembers.Of(body, 0).Find("messages") is not { } messages)
        {
            return;
        }

        var turns = JsonMembers.Items(body, messages.ValueStart);
        var blocks = turns.ConvertAll(turn => new List<BodyRange>());
        var foreign = new HashSet<int>();
        for (var i = 0; i < turns.Count; i++)
        {
            if (JsonMembers.Of(body, turns[i].Start).Find("content") is not { } content)
            {
                continue;
            }

            blocks[i] = JsonMembers.Items(body, content.ValueStart);
            foreach (var block in blocks[i])
            {
                if (IsForeign(body, block, signatures))
                {
                    foreign.Add(block.Start);
                }
            }
        }

        // A message of nothing else goes as a whole: Claude takes none without content.
        JsonMembers.Remove(turns, IsEmptied, edits);
        for (var i = 0; i < turns.Count; i++)
        {
            if (!IsEmptied(i))
            {
                JsonMembers.Remove(blocks[i], block => foreign.Contains(blocks[i][block].Start), edits);
            }
        }

        bool IsEmptied(int turn) => blocks[turn].Count > 0 && blocks[turn].TrueForAll(block => foreign.Contains(block.Start));
    }

    private static bool IsForeign(ReadOnlySpan<byte> body, BodyRange block, ForeignSignatures signatures)
    {
        var members = JsonMembers.Of(body, block.Start);
        return members.Find("type") is { } type && body[type.ValueStart..type.End] is var name
            && (name.SequenceEqual("\"thinking\""u8) ? members.Find("signature") : name.SequenceEqual("\"redacted_thinking\""u8) ? members.Find("data") : null) is { } signature
            && body[signature.ValueStart..signature.End] is var value
            && (SignatureTag.IsTagged(value) || signatures.Contains(value));
    }
}
