using System.Globalization;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>Tells clients how far the limits of their key on requests and tokens a minute are used, as OpenAI does.</summary>
/// <remarks>Names and the form of times: OpenAI API reference, rate limits, read 2026-11.</remarks>
internal static class RateLimitHeaders
{
    public static void Write(HttpResponse response, IEnumerable<UsedOfLimit> limits, DateTime now)
    {
        foreach (var limit in limits)
        {
            if (limit.Rule is { Period: LimitPeriod.Minute, Models.Count: 0 } && !response.HasStarted)
            {
                var measure = limit.Rule.Measure.Name();
                response.Headers[$"x-ratelimit-limit-{measure}"] = limit.Rule.Limit.ToString(CultureInfo.InvariantCulture);
                response.Headers[$"x-ratelimit-remaining-{measure}"] = limit.Left.ToString(CultureInfo.InvariantCulture);
                response.Headers[$"x-ratelimit-reset-{measure}"] = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Math.Ceiling((limit.Window.EndUtc - now).TotalSeconds)):0}s");
            }
        }
    }
}
