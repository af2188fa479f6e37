using System.Globalization;

namespace Gateway.Proxy.Platforms.Claude;

/// <summary>A limit of spending that the owner of an organization or of a workspace has set: "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."</summary>
/// <remarks>Source: Anthropic API, errors and rate limits, read 2026-11.</remarks>
internal static class ClaudeSpendLimit
{
    /// <summary>How the message begins, for either of them.</summary>
    public const string Announcement = "You have reached your specified ";

    private const string Resumption = "regain access on ";
    private const string Day = "yyyy-MM-dd";
    private const string Minute = "yyyy-MM-dd 'at' HH:mm";

    /// <summary>Until the day that the message names, or the next month if it names none.</summary>
    /// <returns>Null: that day is over, or makes no sense.</returns>
    public static TimeSpan? UntilEnd(string message, DateTimeOffset now)
    {
        var at = message.IndexOf(Resumption, StringComparison.OrdinalIgnoreCase);
        var text = at < 0 ? "" : message.AsSpan(at + Resumption.Length);
        return Read(text, Minute, "2026-12-01 at 00:00".Length) is { } minute ? RetryTimes.Until(minute, now)
            : Read(text, Day, Day.Length) is { } day ? RetryTimes.Until(day, now)
            : RetryTimes.UntilNextMonth(now);
    }

    private static DateTimeOffset? Read(ReadOnlySpan<char> text, string format, int length) =>
        text.Length >= length && DateTimeOffset.TryParseExact(text[..length], format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
}
