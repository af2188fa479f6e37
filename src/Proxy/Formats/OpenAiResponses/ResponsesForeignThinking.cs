using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>Reasoning items of other vendors in a request that goes on to OpenAI as it is.</summary>
internal static class ResponsesForeignThinking
{
    public static void CollectEdits(ReadOnlySpan<byte> body, List<BodyEdit> edits)
    {
        if (!SignatureTag.MayBeIn(body) || JsonMembers.Of(body, 0).Find("input") is not { } input)
        {
            return;
        }

        var items = JsonMembers.Items(body, input.ValueStart);
        var foreign = new HashSet<int>();
        foreach (var item in items)
        {
            if (JsonMembers.Of(body, item.Start).Find("encrypted_content") is { } content && SignatureTag.IsTagged(body[content.ValueStart..content.End]))
            {
                foreign.Add(item.Start);
            }
        }

        JsonMembers.Remove(items, item => foreign.Contains(items[item].Start), edits);
    }
}
