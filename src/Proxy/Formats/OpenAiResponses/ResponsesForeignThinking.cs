using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>Reasoning items that OpenAI's platform would refuse in a request that goes on to it as it is: of other vendors, and of other accounts.</summary>
internal static class ResponsesForeignThinking
{
    public static void CollectEdits(ReadOnlySpan<byte> body, ForeignSignatures signatures, List<BodyEdit> edits)
    {
        if ((signatures.IsNone && !SignatureTag.MayBeIn(body)) || JsonMembers.Of(body, 0).Find("input") is not { } input)
        {
            return;
        }

        var items = JsonMembers.Items(body, input.ValueStart);
        var foreign = new HashSet<int>();
        foreach (var item in items)
        {
            if (JsonMembers.Of(body, item.Start).Find("encrypted_content") is { } content && body[content.ValueStart..content.End] is var value
                && (SignatureTag.IsTagged(value) || signatures.Contains(value)))
            {
                foreign.Add(item.Start);
            }
        }

        JsonMembers.Remove(items, item => foreign.Contains(items[item].Start), edits);
    }
}
