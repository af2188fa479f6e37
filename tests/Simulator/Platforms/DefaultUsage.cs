namespace Simulator.Platforms;

/// <summary>The usage of an answer that has none scripted: words, and never less than one.</summary>
internal static class DefaultUsage
{
    public static ScriptedUsage For(ScriptedAnswer script, int promptWords, int copies = 1)
    {
        var reasoning = script.Parts.OfType<ThinkingPart>().Sum(thinking => Words.Count(thinking.Pieces)) * copies;
        var text = script.Parts.OfType<TextPart>().Sum(text => Words.Count(text.Pieces));
        var calls = script.Parts.OfType<ToolCallPart>().Sum(call => 1 + Words.Count(call.Arguments));
        return new ScriptedUsage
        {
            InputTokens = Math.Max(1, promptWords),
            OutputTokens = Math.Max(1, reasoning + ((text + calls) * copies)),
            ReasoningTokens = reasoning,
        };
    }
}
