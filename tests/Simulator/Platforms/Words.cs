using System.Text.Json;

namespace Simulator.Platforms;

/// <summary>The simulator's tokenizer: a token is a word, whatever stands between white space.</summary>
internal static class Words
{
    public static int Count(string text) => text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries).Length;

    public static int Count(IEnumerable<string> pieces) => Count(string.Concat(pieces));

    /// <summary>
    /// The words of a prompt wherever it holds text: the same for a conversation in any platform's format, since roles, names, ids and
    /// types do not count, and images do not either.
    /// </summary>
    public static int CountPrompt(JsonElement element, string property = "content") => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Sum(item => CountPrompt(item, property)),
        JsonValueKind.Object when property == "input" => Count(element.GetRawText()),
        JsonValueKind.Object => element.EnumerateObject().Where(IsText).Sum(member => CountPrompt(member.Value, member.Name)),
        JsonValueKind.String => Count(element.GetString()!),
        _ => 0,
    };

    /// <summary>Text cut in front of each word, so that the pieces joined are the text.</summary>
    public static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1]))
            {
                yield return text[start..i];
                start = i;
            }
        }

        if (start < text.Length)
        {
            yield return text[start..];
        }
    }

    private static bool IsText(JsonProperty member) =>
        member.Name is "content" or "text" or "thinking" or "input" or "tool_calls" or "function" or "arguments" or "output";
}
