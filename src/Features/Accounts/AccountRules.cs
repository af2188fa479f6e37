using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Accounts;

/// <summary>What the fields of an account may hold, wherever they are written. Each message says in one sentence what is accepted.</summary>
internal static class AccountRules
{
    private const int MostPriority = 1_000_000;
    private const int MostWeight = 1000;
    private const int MostModels = 1000;
    private const int MostBudgetDecimals = 9;

    // Far above any platform's limit, far below 2^53, up to which Lua counts exactly.
    private const long MostTokensPerMinute = 1_000_000_000_000;

    public static void AccountName<T>(this IRuleBuilder<T, string?> rule) => rule.Label(Account.NameMaxLength, orNull: false);

    public static void Group<T>(this IRuleBuilder<T, string?> rule) => rule.Label(Account.GroupMaxLength, orNull: true);

    public static void Address<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(url => url is null or { Length: > 0 and <= Account.UrlMaxLength })
        .WithMessage($"Must be an address of at most {Account.UrlMaxLength} characters, or null.");

    public static void Priority<T>(this IRuleBuilder<T, int> rule) => rule
        .Must(priority => priority is >= 0 and <= MostPriority)
        .WithMessage($"Must be 0 to {MostPriority}.");

    public static void Weight<T>(this IRuleBuilder<T, int> rule) => rule
        .Must(weight => weight is >= 1 and <= MostWeight)
        .WithMessage($"Must be 1 to {MostWeight}.");

    public static void LimitOrNone<T>(this IRuleBuilder<T, int?> rule) => rule
        .Must(limit => limit is null or >= 1)
        .WithMessage("Must be at least 1, or null for no limit.");

    public static void TokenLimitOrNone<T>(this IRuleBuilder<T, long?> rule) => rule
        .Must(limit => limit is null or (>= 1 and <= MostTokensPerMinute))
        .WithMessage($"Must be 1 to {MostTokensPerMinute}, or null for no limit.");

    public static void BudgetOrNone<T>(this IRuleBuilder<T, decimal?> rule) => rule
        .Must(usd => usd is not { } amount || (amount is >= 0 and <= Money.MaxUsd && decimal.Round(amount, MostBudgetDecimals) == amount))
        .WithMessage($"Must be 0 to {Money.MaxUsd} US dollars with at most {MostBudgetDecimals} decimals, or null for no limit.");

    public static void Models<T>(this IRuleBuilder<T, IReadOnlyList<string>?> rule) => rule
        .Must(models => models is null || (models.Count <= MostModels && models.All(IsModelName)))
        .WithMessage($"Must be at most {MostModels} names of 1 to {Account.ModelMaxLength} characters each, none of them a control character.");

    public static void ModelMapping<T>(this IRuleBuilder<T, IReadOnlyDictionary<string, string>?> rule) => rule
        .Must(mapping => mapping is null || (mapping.Count <= MostModels && mapping.All(pair => IsModelName(pair.Key) && IsModelName(pair.Value))))
        .WithMessage($"Must be at most {MostModels} pairs of names of 1 to {Account.ModelMaxLength} characters each, none of them a control character.");

    /// <summary>For members of an update that cannot be cleared.</summary>
    public static void NotNull<T, TProperty>(this IRuleBuilder<T, TProperty> rule, string instead) => rule
        .Must(value => value is not null)
        .WithMessage($"Must not be null: {instead}.");

    // Names of models become part of addresses and headers.
    internal static bool IsModelName(string? name) => IsLabel(name, Account.ModelMaxLength);

    private static void Label<T>(this IRuleBuilder<T, string?> rule, int longest, bool orNull) => rule
        .Must(text => text is null ? orNull : IsLabel(text, longest))
        .WithMessage($"Must be 1 to {longest} characters without control characters and without spaces at the ends{(orNull ? ", or null" : "")}.");

    // MySQL takes no notice of spaces at the end when it compares.
    private static bool IsLabel(string? text, int longest) =>
        text is { Length: > 0 } && text.Length <= longest && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !text.Any(char.IsControl);
}
