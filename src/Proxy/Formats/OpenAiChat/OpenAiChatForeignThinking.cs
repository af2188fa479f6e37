using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>Reasoning of other vendors in a chat that goes on to an OpenAI-compatible server as it is.</summary>
internal static class OpenAiChatForeignThinking
{
    public static void CollectEdits(ReadOnlySpan<byte> body, List<BodyEdit> edits)
    {
        if (!SignatureTag.MayBeIn(body) || JsonMembers.Of(body, 0).Find("messages") is not { } messages)
        {
            return;
        }

        foreach (var message in JsonMembers.Items(body, messages.ValueStart))
        {
            var members = JsonMembers.Of(body, message.Start);
            if (members.Find("thinking_blocks") is { } blocks && SignatureTag.MayBeIn(body[blocks.ValueStart..blocks.End]))
            {
                JsonMembers.Remove(members, member => member.Name is "thinking_blocks" or "reasoning_content", edits);
            }

            if (members.Find("tool_calls") is not { } calls)
            {
                continue;
            }

            foreach (var call in JsonMembers.Items(body, calls.ValueStart))
            {
                var parts = JsonMembers.Of(body, call.Start);
                if (parts.Find("extra_content") is { } extra && SignatureTag.MayBeIn(body[extra.ValueStart..extra.End]))
                {
                    JsonMembers.Remove(parts, member => member == extra, edits);
                }
            }
        }
    }
}
