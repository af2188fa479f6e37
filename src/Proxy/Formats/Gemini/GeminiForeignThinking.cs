using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>Signatures of other vendors in a Gemini client's conversation that goes on to Gemini as it is.</summary>
internal static class GeminiForeignThinking
{
    /// <param name="needsSignatures">Whether the model refuses a call without one.</param>
    public static void CollectEdits(ReadOnlySpan<byte> body, bool needsSignatures, List<BodyEdit> edits)
    {
        if (!SignatureTag.MayBeInBase64(body) || JsonMembers.Of(body, 0).Find("contents") is not { } contents)
        {
            return;
        }

        foreach (var content in JsonMembers.Items(body, contents.ValueStart))
        {
            if (JsonMembers.Of(body, content.Start).Find("parts") is not { } list)
            {
                continue;
            }

            var parts = JsonMembers.Items(body, list.ValueStart);
            var removed = new HashSet<int>();
            foreach (var part in parts)
            {
                if (parts.Count > 1 && IsSignatureOnly(body, part))
                {
                    removed.Add(part.Start);
                }
                else
                {
                    EditPart(body, part, needsSignatures, edits);
                }
            }

            JsonMembers.Remove(parts, part => removed.Contains(parts[part].Start), edits);
        }
    }

    private static void EditPart(ReadOnlySpan<byte> body, BodyRange part, bool needsSignatures, List<BodyEdit> edits)
    {
        var members = JsonMembers.Of(body, part.Start);
        if (Foreign(body, members) is not { } signature)
        {
            return;
        }

        if (needsSignatures && (members.Find("functionCall") ?? members.Find("function_call")) is not null)
        {
            edits.Add(new BodyEdit(signature.Value, JsonText.Quote(GeminiContents.NoSignature)));
        }
        else
        {
            JsonMembers.Remove(members, member => member == signature, edits);
        }
    }

    /// <summary>A part that is there for the signature's sake: Gemini takes none without a text.</summary>
    private static bool IsSignatureOnly(ReadOnlySpan<byte> body, BodyRange part)
    {
        var members = JsonMembers.Of(body, part.Start);
        return members.Count == 2 && Foreign(body, members) is not null && members.Find("text") is { } text && body[text.ValueStart..text.End].SequenceEqual("\"\""u8);
    }

    private static JsonMember? Foreign(ReadOnlySpan<byte> body, List<JsonMember> members) =>
        (members.Find("thoughtSignature") ?? members.Find("thought_signature")) is { } signature && SignatureTag.IsTagged(body[signature.ValueStart..signature.End]) ? signature : null;
}
