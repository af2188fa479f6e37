using System.Net.Http.Headers;

namespace Gateway.Proxy.Platforms.Claude;

/// <summary>A window of a subscription that is used up.</summary>
/// <param name="Wait">Until it starts anew; null: the platform does not say.</param>
/// <param name="IsWholeAccount">False: it is the window of a family of models.</param>
internal readonly record struct UsedUpWindow(TimeSpan? Wait, bool IsWholeAccount);

/// <summary>
/// What the headers of a subscription say of its windows of five hours and seven days: <c>anthropic-ratelimit-unified-status</c> over all,
/// <c>anthropic-ratelimit-unified-{window}-{status|utilization|reset}</c> for each, and in <c>…-representative-claim</c> which one decided.
/// </summary>
/// <remarks>Source: recorded headers in public bug reports of Claude Code and of gateways, 2025-12 to 2026-09; undocumented, so nothing in them is relied on.</remarks>
internal static class ClaudeWindows
{
    private const string Prefix = "anthropic-ratelimit-unified-";
    private const string FiveHours = "5h";
    private const string SevenDays = "7d";

    // What may be bought beyond the windows. That it is switched off is said of accounts that work.
    private const string Overage = "overage";

    /// <returns>Null: nothing proves that a window is used up, so what was refused was a burst (AC-08).</returns>
    public static UsedUpWindow? FindUsedUp(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var status = Text(headers, "status");
        if (status is not null && !IsRejected(status))
        {
            return null;
        }

        // A shared window stops every model; only without one is it the models' own.
        var used = Named(headers);
        var shared = used.FindAll(IsShared);
        if (shared.Count > 0)
        {
            return new UsedUpWindow(Latest(shared) ?? Reset(headers, Prefix + "reset", now), IsWholeAccount: true);
        }

        if (used.Count > 0)
        {
            return new UsedUpWindow(Latest(used) ?? Reset(headers, Prefix + "reset", now), IsWholeAccount: false);
        }

        return status is null ? null : Claimed(headers, now);

        TimeSpan? Latest(List<string> windows)
        {
            TimeSpan? latest = null;
            foreach (var window in windows)
            {
                var reset = Reset(headers, $"{Prefix}{window}-reset", now);
                latest = reset > (latest ?? TimeSpan.Zero) ? reset : latest;
            }

            return latest;
        }
    }

    /// <summary>A rejection that no window's own headers explain, but perhaps the claim.</summary>
    private static UsedUpWindow? Claimed(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var window = Text(headers, "representative-claim") switch
        {
            null or "" => null,
            "five_hour" => FiveHours,
            "seven_day" => SevenDays,
            "seven_day_overage_included" => "7d_oi",
            var claim when claim.StartsWith("seven_day_", StringComparison.OrdinalIgnoreCase) => SevenDays + claim["seven_day".Length..],
            var claim => claim,
        };
        var isShared = window is null || IsShared(window);
        if (isShared && (window is null ? IsOpen(FiveHours) && IsOpen(SevenDays) : IsOpen(window)))
        {
            return null; // The headers contradict each other: no proof.
        }

        return new UsedUpWindow((window is null ? null : Reset(headers, $"{Prefix}{window}-reset", now)) ?? Reset(headers, Prefix + "reset", now), isShared);

        bool IsOpen(string window) => Text(headers, window + "-status") is { } status && !IsRejected(status);
    }

    /// <summary>Windows that are rejected or wholly used by their own headers.</summary>
    private static List<string> Named(HttpResponseHeaders headers)
    {
        var used = new List<string>();
        foreach (var header in headers.NonValidated)
        {
            if (!header.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || header.Key.LastIndexOf('-') is var dash && dash <= Prefix.Length)
            {
                continue;
            }

            var window = header.Key[Prefix.Length..dash].ToLowerInvariant();
            var isUsed = header.Key.AsSpan(dash + 1) switch
            {
                var name when name.Equals("status", StringComparison.OrdinalIgnoreCase) => IsRejected(Text(headers, window + "-status")),
                var name when name.Equals("utilization", StringComparison.OrdinalIgnoreCase) => RetryTimes.First(headers, header.Key, RetryTimes.Number) >= 1,
                _ => false,
            };
            if (isUsed && window != Overage && !used.Contains(window))
            {
                used.Add(window);
            }
        }

        return used;
    }

    private static bool IsShared(string window) => window is FiveHours or SevenDays;

    private static bool IsRejected(string? status) => string.Equals(status, "rejected", StringComparison.OrdinalIgnoreCase);

    private static TimeSpan? Reset(HttpResponseHeaders headers, string name, DateTimeOffset now) => RetryTimes.First(headers, name, text => RetryTimes.OfInstant(text, now));

    private static string? Text(HttpResponseHeaders headers, string name)
    {
        if (headers.NonValidated.TryGetValues(Prefix + name, out var values))
        {
            foreach (var value in values)
            {
                return value.Trim();
            }
        }

        return null;
    }
}
