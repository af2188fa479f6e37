using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Time;

namespace Gateway.Proxy.Metering;

/// <summary>One calendar window of a subscription: a day, week or month of its time zone, from its first instant to the first of the next one.</summary>
/// <remarks>What is shown and what is enforced ask the same function. Days on which clocks change have 23 or 25 hours.</remarks>
internal readonly record struct BillingPeriod(DateTime StartUtc, DateTime EndUtc)
{
    /// <summary>The window that an instant lies in.</summary>
    public static BillingPeriod At(Subscription subscription, DateTime utc)
    {
        var zone = TimeZones.FindOrUtc(subscription.TimeZone);
        var day = LocalCalendar.DayAt(utc, zone);

        // Where clocks are put back across midnight, a date is shown again after the next one has begun.
        if (LocalCalendar.StartOf(day.AddDays(1), zone) <= utc)
        {
            day = day.AddDays(1);
        }

        var first = FirstDay(subscription, day);
        return new BillingPeriod(LocalCalendar.StartOf(first, zone), LocalCalendar.StartOf(NextFirstDay(subscription, first), zone));
    }

    public bool Contains(DateTime utc) => StartUtc <= utc && utc < EndUtc;

    private static DateOnly FirstDay(Subscription subscription, DateOnly day) => subscription.Period switch
    {
        "week" => day.AddDays(-(((int)day.DayOfWeek - (int)Enum.Parse<DayOfWeek>(subscription.WeekStarts, ignoreCase: true) + 7) % 7)),
        "month" => new DateOnly(day.Year, day.Month, 1),
        _ => day,
    };

    private static DateOnly NextFirstDay(Subscription subscription, DateOnly first) => subscription.Period switch
    {
        "week" => first.AddDays(7),
        "month" => first.AddMonths(1),
        _ => first.AddDays(1),
    };
}
