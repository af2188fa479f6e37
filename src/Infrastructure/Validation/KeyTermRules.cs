using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Infrastructure.Validation;

/// <summary>Rules for what an API key and the defaults of a user's keys have in common.</summary>
internal static class KeyTermRules
{
    public static IRuleBuilderOptions<T, BillingMode> KnownBillingMode<T>(this IRuleBuilder<T, BillingMode> rule) => rule
        .IsInEnum()
        .WithMessage("Must be quota or subscription.");

    public static IRuleBuilderOptions<T, string?> AccountGroup<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(group => group is null || TextRules.IsLabel(group, ApiKey.GroupMaxLength))
        .WithMessage($"Must be 1 to {ApiKey.GroupMaxLength} characters without control characters, or null for accounts of any group.");

    public static IRuleBuilderOptionsConditions<T, IReadOnlyList<string>?> Platforms<T>(this IRuleBuilder<T, IReadOnlyList<string>?> rule) => rule.EachText(
        PlatformNames.All.Count, name => PlatformNames.TryParse(name, out _), $"a platform: {string.Join(", ", PlatformNames.All)}");
}
