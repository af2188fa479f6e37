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

    public static long? ToNanoUsd(decimal? usd) => usd is { } value ? ToNanoUsd(value) : null;

    /// <summary>Nano-USD to dollars, without trailing zeros, exact.</summary>
    public static decimal ToUsd(long nanoUsd) => WithoutTrailingZeros(nanoUsd / 1_000_000_000.000000000m);

    public static decimal? ToUsd(long? nanoUsd) => nanoUsd is { } value ? ToUsd(value) : null;

    /// <summary>1.5000 → 1.5: MySQL reads a decimal back with all digits of its column, and JSON would show them.</summary>
    public static decimal WithoutTrailingZeros(decimal value) => value / 1.000000000000000000000000000m;
}
