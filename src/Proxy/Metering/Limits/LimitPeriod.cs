namespace Gateway.Proxy.Metering.Limits;

/// <summary>How long a limit counts before it begins anew, the longest first.</summary>
internal enum LimitPeriod
{
    Lifetime,
    Month,
    Week,
    Day,
    FiveHours,
    Minute,
}

/// <summary>What a limit counts.</summary>
internal enum LimitMeasure
{
    /// <summary>What is billed, in nano-USD.</summary>
    Usd,

    /// <summary>What it costs at list price, in nano-USD.</summary>
    Cost,

    Requests,

    /// <summary>Uncached input, what is written to a cache, and output.</summary>
    Tokens,
}

internal static class LimitNames
{
    /// <summary>The name that the management API has for it.</summary>
    public static string Name(this LimitPeriod period) => period switch
    {
        LimitPeriod.Lifetime => "lifetime",
        LimitPeriod.Month => "month",
        LimitPeriod.Week => "week",
        LimitPeriod.Day => "day",
        LimitPeriod.FiveHours => "5h",
        _ => "minute",
    };

    /// <summary>The name that the management API has for it.</summary>
    public static string Name(this LimitMeasure measure) => measure switch
    {
        LimitMeasure.Usd => "usd",
        LimitMeasure.Cost => "cost",
        LimitMeasure.Requests => "requests",
        _ => "tokens",
    };

    /// <exception cref="ArgumentException">It is none that can be saved.</exception>
    public static LimitPeriod ToPeriod(string name) => name switch
    {
        "month" => LimitPeriod.Month,
        "week" => LimitPeriod.Week,
        "day" => LimitPeriod.Day,
        "5h" => LimitPeriod.FiveHours,
        "minute" => LimitPeriod.Minute,
        _ => throw new ArgumentException($"No limit counts over '{name}'.", nameof(name)),
    };

    /// <exception cref="ArgumentException">It is none that can be saved.</exception>
    public static LimitMeasure ToMeasure(string name) => name switch
    {
        "usd" => LimitMeasure.Usd,
        "requests" => LimitMeasure.Requests,
        "tokens" => LimitMeasure.Tokens,
        _ => throw new ArgumentException($"No limit counts '{name}'.", nameof(name)),
    };
}
