namespace Gateway.Infrastructure;

/// <summary>US dollars outside, whole billionths of a dollar (nano-USD) inside. Never binary floating point.</summary>
internal static class Money
{
    public const long NanoPerUsd = 1_000_000_000;

    /// <summary>The largest amount accepted as input: 9,000,000 USD, because sums are compared inside Lua, whose numbers are exact only to 2^53.</summary>
    public const decimal MaxUsd = 9_000_000m;

    /// <summary>Dollars to nano-USD, rounded half away from zero.</summary>
    /// <exception cref="OverflowException">The amount does not fit 64 bits.</exception>
    public static long ToNanoUsd(decimal usd) =>
        decimal.ToInt64(decimal.Round(usd * NanoPerUsd, 0, MidpointRounding.AwayFromZero));

    /// <summary>Nano-USD to dollars, without trailing zeros, exact.</summary>
    public static decimal ToUsd(long nanoUsd) => nanoUsd / 1_000_000_000.000000000m / 1.000000000000000000000000000m;

    public static decimal? ToUsd(long? nanoUsd) => nanoUsd is { } value ? ToUsd(value) : null;
}
