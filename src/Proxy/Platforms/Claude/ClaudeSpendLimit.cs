using System.Globalization;

namespace Gateway.Proxy.Platforms.Claude;

/// <summary>A limit of spending that the owner of an organization or of a workspace has set: "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."</summary>
/// <remarks>Source: Anthropic API, errors and rate limits, read 2026-11.</remarks>
internal static class ClaudeSpendLimit
{
    // For either of them. Further on, a message may hold the client's own words.
    private const string Announcement = "You have reached your specified ";
    private const string Subject = "usage limits";

    private const string Resumption = "regain access on ";
    private const string Day = "yyyy-MM-dd";
    private const string Minute = "yyyy-MM-dd 'at' HH:mm";

    public static bool IsSaid(string message) =>
        message.StartsWith(Announcement, StringComparison.OrdinalIgnoreCase) && message.Contains(Subject, StringComparison.OrdinalIgnoreCase);

    /// <summary>Until the day that the message names; if it names none, as long as the headers say, or until the next month.</summary>
    /// <param name="wait">What the headers say.</param>
    /// <returns>Null: that day is over, or makes no sense.</returns>
    public static TimeSpan? UntilEnd(string message, TimeSpan? wait, DateTimeOffset now)
    {
        var at = message.IndexOf(Resumption, StringComparison.OrdinalIgnoreCase);
        var text = at < 0 ? "" : message.AsSpan(at + Resumption.Length);
        return Read(text, Minute, "2026-12-01 at 00:00".Length) is { } minute ? RetryTimes.Until(minute, now)
            : Read(text, Day, Day.Length) is { } day ? RetryTimes.Until(day, now)
            : wait ?? RetryTimes.UntilNextMonth(now);
    }

    private static DateTimeOffset? Read(ReadOnlySpan<char> text, string format, int length) =>
        text.Length >= length && DateTimeOffset.TryParseExact(text[..length], format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
}
