using System.Text.Json.Serialization;
using Gateway.Infrastructure.Json;

namespace Gateway.Infrastructure.Persistence.Entities;

/// <summary>How a key pays.</summary>
/// <remarks>The numeric values are stored, but for JSON columns.</remarks>
[JsonConverter(typeof(SnakeCaseEnumConverter<BillingMode>))]
public enum BillingMode
{
    /// <summary>A prepaid amount for the key's whole life.</summary>
    Quota = 1,

    /// <summary>An allowance per day, week or month.</summary>
    Subscription = 2,
}

/// <summary>An allowance that starts anew with every calendar window of the key's time zone. Stored as JSON.</summary>
/// <param name="Period"><c>day</c>, <c>week</c> or <c>month</c>.</param>
/// <param name="LimitUsd">Allowance per period in US dollars.</param>
/// <param name="TimeZone">IANA time zone whose midnight starts a period.</param>
/// <param name="WeekStarts">First day of a week, lower case.</param>
/// <param name="StartsAt">Before this the key is refused; null: no start.</param>
/// <param name="EndsAt">From this on the key is refused; null: no end.</param>
public sealed record Subscription(
    string Period,
    [property: JsonRequired] decimal LimitUsd,
    string TimeZone = "UTC",
    string WeekStarts = "monday",
    DateTime? StartsAt = null,
    DateTime? EndsAt = null);

/// <summary>One limit of a key. Stored as JSON.</summary>
/// <param name="Measure"><c>usd</c>, <c>requests</c> or <c>tokens</c>.</param>
/// <param name="Window"><c>minute</c>, <c>5h</c>, <c>day</c>, <c>week</c> or <c>month</c>.</param>
/// <param name="Limit">The most that the window may hold, in the measure's unit.</param>
/// <param name="Models">Which models count, exact names or one trailing <c>*</c>; null or empty: all.</param>
public sealed record KeyLimit(string Measure, string Window, decimal Limit, IReadOnlyList<string>? Models = null);

/// <summary>How answers to a key are made. Stored as JSON.</summary>
/// <param name="StrictConversion">Refuse what a conversion would have to drop, instead of naming it in <c>x-gateway-dropped</c>.</param>
/// <param name="ShowReasoning">Show a model's reasoning where the client's format has a place for it.</param>
/// <param name="AutoCache">Set prompt-cache markers for clients whose format has none.</param>
public sealed record KeyOptions(bool StrictConversion = false, bool ShowReasoning = true, bool AutoCache = true);
