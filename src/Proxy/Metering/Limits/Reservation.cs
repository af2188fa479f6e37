using System.Globalization;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>What one request may come to use of one limit.</summary>
/// <param name="Window">The window that it counts in: that of its arrival.</param>
/// <param name="Need">As much as is to be expected at most, in the limit's measure.</param>
internal readonly record struct ReservedAmount(LimitRule Rule, LimitWindow Window, long Need)
{
    /// <summary>Counter and window, as Redis has them.</summary>
    public string Field => FieldOf(Rule, Window);

    public static string FieldOf(LimitRule rule, LimitWindow window) =>
        string.Create(CultureInfo.InvariantCulture, $"{CounterOf(rule)}|{Milliseconds(window.StartUtc)}");

    /// <summary>Those that are not made again from the database are marked, so that scripts know them.</summary>
    public static string CounterOf(LimitRule rule) => rule.IsFleeting ? $"!{rule.Counter}" : rule.Counter;

    public static long Milliseconds(DateTime utc) => new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeMilliseconds();
}

/// <summary>What one request may come to use of the limits of its API key, or of the account that serves it, until it is settled. Immutable.</summary>
internal sealed class Reservation(Guid requestId, LimitOwner owner, IReadOnlyList<ReservedAmount> amounts)
{
    public Guid RequestId => requestId;

    public LimitOwner Owner => owner;

    public IReadOnlyList<ReservedAmount> Amounts => amounts;

    /// <summary>The request's id, as Redis has it.</summary>
    public string Name { get; } = requestId.ToString("N", CultureInfo.InvariantCulture);

    /// <summary>As Redis keeps it: a line for each amount.</summary>
    public string Entry { get; } = string.Join('\n', amounts.Select(amount => string.Create(CultureInfo.InvariantCulture, $"{amount.Field}={amount.Need}")));
}
