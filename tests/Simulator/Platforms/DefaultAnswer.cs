using System.Text.RegularExpressions;

namespace Simulator.Platforms;

/// <summary>The answer when nothing is scripted: an echo, or what a trigger word in the last user message asks for.</summary>
internal static partial class DefaultAnswer
{
    public static ScriptedAnswer For(Prompt prompt)
    {
        if (prompt.ToolResult is { } result)
        {
            return ScriptedAnswer.Text($"The tool said: {result}");
        }

        var echo = ScriptedAnswer.Text($"You said: {prompt.UserText}");
        var trigger = Trigger().Match(prompt.UserText).Groups[1].Value.ToLowerInvariant();
        return trigger switch
        {
            "cut" => echo.CutAfterEvent(4),
            "stall" => echo.StallAfterEvent(4),
            "slow" => echo.DelayBetweenEvents(TimeSpan.FromMilliseconds(500)),
            "think" => ScriptedAnswer.Thinking("The user wants to see me think.", "c2ltdWxhdGVk").ThenText($"You said: {prompt.UserText}"),
            "tool" => ScriptedAnswer.ToolCall(prompt.Tool ?? "get_weather", "{\"location\":", "\"Paris\"}"),
            "error" => echo.ErrorAfterEvent(4, 500),
            "html" => ScriptedAnswer.Html(),
            _ when int.TryParse(trigger, out var status) && status is >= 400 and <= 599 => ScriptedAnswer.Error(status),
            _ => echo,
        };
    }

    [GeneratedRegex(@"\[simulate:(\w+)\]")]
    private static partial Regex Trigger();
}
