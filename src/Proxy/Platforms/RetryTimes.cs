using System.Globalization;
using System.Net.Http.Headers;

namespace Gateway.Proxy.Platforms;

/// <summary>
/// When to come back, in all the spellings that platforms use. What makes no sense (nothing, the past, years ahead) counts as not said, and nothing is longer
/// than <see cref="Longest"/>.
/// </summary>
/// <remarks>Source: the platforms' pages on rate limits, RFC 9110 section 10.2.3, Go's time.ParseDuration; all read 2026-11.</remarks>
internal static class RetryTimes
{
    /// <summary>A month and a day: no window of a platform is longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(32);

    // Beyond it a number is a mistake (an instant instead of seconds, milliseconds instead of seconds) and no time to wait.
    private static readonly TimeSpan Sensible = TimeSpan.FromDays(366);

    private static readonly string[] Announcements = ["try again in ", "try again after ", "retry in ", "retry after "];

    /// <summary>What every HTTP server may say: <c>retry-after-ms</c>, else <c>retry-after</c> in seconds or as a date.</summary>
    public static TimeSpan? OfHeaders(HttpResponseHeaders headers, DateTimeOffset now) =>
        First(headers, "retry-after-ms", text => Number(text) is { } milliseconds ? OfSeconds(milliseconds / 1000) : null)
        ?? First(headers, "retry-after", text => Number(text) is { } seconds ? OfSeconds(seconds) : OfDate(text, now));

    /// <summary>The reset of buckets that are empty: where several are, the last one.</summary>
    /// <param name="remaining">What stands around a bucket's name in the header of what is left of it.</param>
    /// <param name="reset">The same in the header of its reset.</param>
    /// <param name="read">The time in the latter.</param>
    public static TimeSpan? OfEmptyBuckets(
        HttpResponseHeaders headers, (string Before, string After) remaining, (string Before, string After) reset, Func<string, TimeSpan?> read)
    {
        TimeSpan? last = null;
        foreach (var header in headers.NonValidated)
        {
            var name = header.Key;
            if (name.Length > remaining.Before.Length + remaining.After.Length
                && name.StartsWith(remaining.Before, StringComparison.OrdinalIgnoreCase)
                && name.EndsWith(remaining.After, StringComparison.OrdinalIgnoreCase)
                && First(headers, name, Number) is 0)
            {
                var wait = First(headers, $"{reset.Before}{name[remaining.Before.Length..^remaining.After.Length]}{reset.After}", read);
                last = wait > (last ?? TimeSpan.Zero) ? wait : last;
            }
        }

        return last;
    }

    /// <summary>What a message says in words: "try again in 6m0s", "retry in 12.3s", "retry after 33 seconds".</summary>
    public static TimeSpan? OfText(string message)
    {
        foreach (var announcement in Announcements)
        {
            for (var at = 0; (at = message.IndexOf(announcement, at, StringComparison.OrdinalIgnoreCase)) >= 0;)
            {
                at += announcement.Length;
                if (Duration(message.AsSpan(at), isWhole: false) is { } wait)
                {
                    return wait;
                }
            }
        }

        return null;
    }

    /// <summary><c>1m12.5s</c>, <c>120ms</c>, or a plain number of seconds.</summary>
    public static TimeSpan? OfDuration(string text) => Number(text) is { } seconds ? OfSeconds(seconds) : Duration(text, isWhole: true);

    /// <summary>An instant: Unix seconds or RFC 3339.</summary>
    public static TimeSpan? OfInstant(string text, DateTimeOffset now) => Number(text) is { } seconds
        ? OfSeconds(seconds - (now.ToUnixTimeMilliseconds() / 1000.0))
        : OfDate(text, now);

    public static TimeSpan? Until(DateTimeOffset at, DateTimeOffset now) => OfSeconds((at - now).TotalSeconds);

    /// <summary>Limits of spending start anew with the month, in UTC.</summary>
    public static TimeSpan UntilNextMonth(DateTimeOffset now) =>
        new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1) - now;

    /// <returns>Null: that is no time to wait.</returns>
    public static TimeSpan? OfSeconds(double seconds) =>
        seconds > 0 && seconds <= Sensible.TotalSeconds ? TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds)) : null;

    /// <summary>The first value of a header that makes sense: one that stands there twice may be broken once.</summary>
    public static T? First<T>(HttpResponseHeaders headers, string name, Func<string, T?> read)
        where T : struct
    {
        if (headers.NonValidated.TryGetValues(name, out var values))
        {
            foreach (var value in values)
            {
                if (read(value.Trim()) is { } sensible)
                {
                    return sensible;
                }
            }
        }

        return null;
    }

    public static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    // A lenient parser of dates would take "5, 7" for a day in May.
    private static TimeSpan? OfDate(string text, DateTimeOffset now) =>
        RetryConditionHeaderValue.TryParse(text, out var header) && header.Date is { } date ? Until(date, now)
        : text.Length >= 20 && text[4] == '-' && text[10] is 'T' or 't' or ' '
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? Until(instant, now)
        : null;

    /// <param name="isWhole">Whether nothing else may follow.</param>
    private static TimeSpan? Duration(ReadOnlySpan<char> text, bool isWhole)
    {
        double seconds = 0;
        var isRead = false;
        while (true)
        {
            var number = text.TrimStart(' ');
            var digits = 0;
            while (digits < number.Length && (char.IsAsciiDigit(number[digits]) || number[digits] == '.'))
            {
                digits++;
            }

            if (!double.TryParse(number[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
            {
                break;
            }

            var unit = number[digits..].TrimStart(' ');
            var letters = 0;
            while (letters < unit.Length && char.IsLetter(unit[letters]))
            {
                letters++;
            }

            if (SecondsOf(unit[..letters]) is not { } size)
            {
                break;
            }

            seconds += count * size;
            isRead = true;
            text = unit[letters..];
        }

        return isRead && (!isWhole || text.Trim(' ').IsEmpty) ? OfSeconds(seconds) : null;
    }

    private static double? SecondsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1e-9,
        "us" or "µs" or "μs" => 1e-6,
        "ms" or "millisecond" or "milliseconds" => 1e-3,
        "s" or "sec" or "secs" or "second" or "seconds" => 1,
        "m" or "min" or "mins" or "minute" or "minutes" => 60,
        "h" or "hr" or "hrs" or "hour" or "hours" => 3600,
        "d" or "day" or "days" => 86400,
        _ => null,
    };
}
