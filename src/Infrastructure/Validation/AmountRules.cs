using FluentValidation;

namespace Gateway.Infrastructure.Validation;

/// <summary>Rules for money and for limits.</summary>
internal static class AmountRules
{
    /// <summary>The largest whole number that Lua, which compares limits with counters, holds exactly.</summary>
    public const long MostCount = (1L << 53) - 1;

    public const decimal MostRateMultiplier = 100;

    private const int UsdDecimals = 9;
    private const int RateMultiplierDecimals = 4;

    private static readonly string UsdMessage = $"Must be 0 to {Money.MaxUsd:0} US dollars with at most {UsdDecimals} decimals.";

    /// <summary>Zero to <see cref="Money.MaxUsd"/>, or null.</summary>
    public static IRuleBuilderOptions<T, decimal?> Usd<T>(this IRuleBuilder<T, decimal?> rule) => rule
        .Must(usd => usd is null || IsUsd(usd.Value))
        .WithMessage(UsdMessage);

    /// <summary>Zero to <see cref="Money.MaxUsd"/>.</summary>
    public static IRuleBuilderOptions<T, decimal> Usd<T>(this IRuleBuilder<T, decimal> rule) => rule
        .Must(IsUsd)
        .WithMessage(UsdMessage);

    public static IRuleBuilderOptions<T, decimal> RateMultiplier<T>(this IRuleBuilder<T, decimal> rule) => rule
        .Must(factor => factor is >= 0 and <= MostRateMultiplier && decimal.Round(factor, RateMultiplierDecimals) == factor)
        .WithMessage($"Must be 0 to {MostRateMultiplier} with at most {RateMultiplierDecimals} decimals.");

    /// <summary>A limit that may be absent: null, or at least 1.</summary>
    public static IRuleBuilderOptions<T, long?> Limit<T>(this IRuleBuilder<T, long?> rule) => rule
        .Must(limit => limit is null or (>= 1 and <= MostCount))
        .WithMessage($"Must be 1 to {MostCount}, or null for no limit.");

    /// <inheritdoc cref="Limit{T}(IRuleBuilder{T, long?})"/>
    public static IRuleBuilderOptions<T, int?> Limit<T>(this IRuleBuilder<T, int?> rule) => rule
        .Must(limit => limit is null or >= 1)
        .WithMessage($"Must be 1 to {int.MaxValue}, or null for no limit.");

    public static bool IsUsd(decimal usd) => usd is >= 0 and <= Money.MaxUsd && decimal.Round(usd, UsdDecimals) == usd;
}
