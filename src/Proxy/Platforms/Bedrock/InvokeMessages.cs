using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>What InvokeModel takes of messages otherwise than Anthropic does: no instructions between them, and media by their bytes only.</summary>
/// <remarks>Most requests have neither. Looking for the words first is much faster than walking over every message.</remarks>
internal static class InvokeMessages
{
    private static ReadOnlySpan<byte> Url => "\"url\""u8;

    private static ReadOnlySpan<byte> File => "\"file\""u8;

    private static ReadOnlySpan<byte> System => "\"system\""u8;

    /// <summary>Whether images or documents are named by their address: somebody has to fetch them.</summary>
    public static bool NamesAddresses(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf(Url) < 0 || JsonMembers.Of(json, 0).Find("messages") is not { } messages)
        {
            return false;
        }

        foreach (var (_, type) in SourcesOf(json, messages))
        {
            if (Is(json, type, Url))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="members">Of the whole request.</param>
    public static void CollectEdits(ReadOnlySpan<byte> json, List<JsonMember> members, RequestTarget target, List<BodyEdit> edits)
    {
        // A request without messages is refused by the platform itself.
        if (members.Find("messages") is not { } messages)
        {
            return;
        }

        if (!target.Capabilities.SystemInTheMiddle && json.IndexOf(System) >= 0)
        {
            Fold(json, messages, edits);
        }

        if (json.IndexOf(File) < 0)
        {
            return;
        }

        foreach (var (field, type) in SourcesOf(json, messages))
        {
            if (Is(json, type, File))
            {
                target.Refuse(field, "is a file's id, which only the platform knows that gave it out: send the bytes in base64");
            }
        }
    }

    /// <summary>Instructions become a reminder in the user's turn: Claude joins turns of one role.</summary>
    private static void Fold(ReadOnlySpan<byte> json, JsonMember messages, List<BodyEdit> edits)
    {
        foreach (var item in JsonMembers.Items(json, messages.ValueStart))
        {
            var members = JsonMembers.Of(json, item.Start);
            if (members.Find("role") is not { } role || !Is(json, role, System) || members.Find("content") is not { } content)
            {
                continue;
            }

            edits.Add(new BodyEdit(role.Value, "\"user\""u8.ToArray()));
            Remind(json, content, edits);
            foreach (var block in JsonMembers.Items(json, content.ValueStart))
            {
                if (JsonMembers.Of(json, block.Start).Find("text") is { } text)
                {
                    Remind(json, text, edits);
                }
            }
        }
    }

    private static void Remind(ReadOnlySpan<byte> json, JsonMember text, List<BodyEdit> edits)
    {
        if (json[text.ValueStart] == '"')
        {
            var words = JsonElement.Parse(json[text.ValueStart..text.End]).GetString();
            edits.Add(new BodyEdit(text.Value, JsonText.Quote($"<system-reminder>\n{words}\n</system-reminder>")));
        }
    }

    /// <summary>Types of the sources of media, those inside results of tools included, with the place of each source for people.</summary>
    private static List<(string Field, JsonMember Type)> SourcesOf(ReadOnlySpan<byte> json, JsonMember messages)
    {
        var found = new List<(string, JsonMember)>();
        var index = 0;
        foreach (var item in JsonMembers.Items(json, messages.ValueStart))
        {
            if (JsonMembers.Of(json, item.Start).Find("content") is { } content)
            {
                AddSources(json, content, $"messages[{index}].content", found);
            }

            index++;
        }

        return found;
    }

    private static void AddSources(ReadOnlySpan<byte> json, JsonMember content, string field, List<(string Field, JsonMember Type)> found)
    {
        var index = 0;
        foreach (var item in JsonMembers.Items(json, content.ValueStart))
        {
            var members = JsonMembers.Of(json, item.Start);
            if (members.Find("source") is { } source && JsonMembers.Of(json, source.ValueStart).Find("type") is { } type)
            {
                found.Add(($"{field}[{index}].source", type));
            }

            if (members.Find("content") is { } inner)
            {
                AddSources(json, inner, $"{field}[{index}].content", found);
            }

            index++;
        }
    }

    private static bool Is(ReadOnlySpan<byte> json, JsonMember member, ReadOnlySpan<byte> value) => json[member.ValueStart..member.End].SequenceEqual(value);
}
