using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>What InvokeModel takes of messages otherwise than Anthropic does: no instructions between them, and media by their bytes only.</summary>
internal sealed class InvokeMessages(ReadOnlyMemory<byte> body, RequestTarget target, List<BodyEdit> edits)
{
    private ReadOnlySpan<byte> Json => body.Span;

    /// <param name="messages">Null: there are none, which the platform refuses itself.</param>
    public void Edit(JsonMember? messages)
    {
        // Most requests have neither, and looking for words is much faster than walking.
        var foldsSystem = !target.Capabilities.SystemInTheMiddle && Json.IndexOf("\"system\""u8) >= 0;
        if (messages is not { } member || !(foldsSystem || Json.IndexOf("\"url\""u8) >= 0 || Json.IndexOf("\"file\""u8) >= 0))
        {
            return;
        }

        var index = 0;
        foreach (var item in JsonMembers.Items(Json, member.ValueStart))
        {
            var members = JsonMembers.Of(Json, item.Start);
            var role = members.Find(static part => part.Name == "role");
            var content = members.Find(static part => part.Name == "content");
            if (content.Name is not null)
            {
                if (foldsSystem && role.Name is not null && Is(role, "\"system\""u8))
                {
                    Fold(role, content);
                }

                CheckSources(content, $"messages[{index}].content");
            }

            index++;
        }
    }

    /// <summary>Instructions become a reminder in the user's turn: Claude joins turns of one role.</summary>
    private void Fold(JsonMember role, JsonMember content)
    {
        edits.Add(new BodyEdit(role.Value, "\"user\""u8.ToArray()));
        if (Json[content.ValueStart] == '"')
        {
            Remind(content);
            return;
        }

        foreach (var item in JsonMembers.Items(Json, content.ValueStart))
        {
            if (JsonMembers.Of(Json, item.Start).Find(static part => part.Name == "text") is { Name: not null } text)
            {
                Remind(text);
            }
        }
    }

    private void Remind(JsonMember text)
    {
        if (JsonElement.Parse(Json[text.ValueStart..text.End]) is { ValueKind: JsonValueKind.String } value)
        {
            edits.Add(new BodyEdit(text.Value, JsonText.Quote($"<system-reminder>\n{value.GetString()}\n</system-reminder>")));
        }
    }

    private void CheckSources(JsonMember content, string field)
    {
        var index = 0;
        foreach (var item in JsonMembers.Items(Json, content.ValueStart))
        {
            var members = JsonMembers.Of(Json, item.Start);
            if (members.Find(static part => part.Name == "source") is { Name: not null } source
                && JsonMembers.Of(Json, source.ValueStart).Find(static part => part.Name == "type") is { Name: not null } type)
            {
                if (Is(type, "\"url\""u8))
                {
                    target.Refuse($"{field}[{index}].source", "is an address, which the platform that serves this model does not fetch: send the bytes in base64");
                }
                else if (Is(type, "\"file\""u8))
                {
                    target.Refuse($"{field}[{index}].source", "is a file's id, which only the platform knows that gave it out: send the bytes in base64");
                }
            }

            // Results of tools hold content of their own.
            if (members.Find(static part => part.Name == "content") is { Name: not null } inner)
            {
                CheckSources(inner, $"{field}[{index}].content");
            }

            index++;
        }
    }

    private bool Is(JsonMember member, ReadOnlySpan<byte> value) => Json[member.ValueStart..member.End].SequenceEqual(value);
}
