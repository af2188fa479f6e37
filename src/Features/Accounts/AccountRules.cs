using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Accounts;

/// <summary>What the fields of an account may hold, wherever they are written.</summary>
internal static class AccountRules
{
    private const int MostPriority = 1_000_000;
    private const int MostWeight = 1000;
    private const int MostModels = 1000;

    private static readonly string ModelName = $"a name of 1 to {Account.ModelMaxLength} characters without control characters";

    public static void Address<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(url => url is null or { Length: > 0 and <= Account.UrlMaxLength })
        .WithMessage($"Must be an address of at most {Account.UrlMaxLength} characters, or null.");

    public static void Priority<T>(this IRuleBuilder<T, int> rule) => rule
        .Must(priority => priority is >= 0 and <= MostPriority)
        .WithMessage($"Must be 0 to {MostPriority}.");

    public static void Weight<T>(this IRuleBuilder<T, int> rule) => rule
        .Must(weight => weight is >= 1 and <= MostWeight)
        .WithMessage($"Must be 1 to {MostWeight}.");

    public static void GroupOrNone<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(group => group is null || TextRules.IsLabel(group, Account.GroupMaxLength))
        .WithMessage($"Must be 1 to {Account.GroupMaxLength} characters, without control characters, and without spaces at the ends, or null for no group.");

    public static void Models<T>(this IRuleBuilder<T, IReadOnlyList<string>?> rule) => rule.EachText(MostModels, IsModelName, ModelName);

    public static void ModelMapping<T>(this IRuleBuilder<T, IReadOnlyDictionary<string, string>?> rule) => rule
        .Must(mapping => mapping is not null && mapping.Count <= MostModels && mapping.All(pair => IsModelName(pair.Key) && IsModelName(pair.Value)))
        .WithMessage($"Must have at most {MostModels} members, on both sides {ModelName}: send {{}} for none.");

    // Names of models become part of addresses and headers.
    public static bool IsModelName(string? name) => TextRules.IsLabel(name, Account.ModelMaxLength);
}
