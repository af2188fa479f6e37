using System.Text.Json;
using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Accounts;

/// <summary>What the fields of an account may hold, wherever they are written.</summary>
internal static class AccountRules
{
    private const int MostPriority = 1_000_000;
    private const int MostWeight = 1000;
    private const int MostModels = 1000;
    private const int MostCapabilities = 100;
    private const int CapabilitiesMaxLength = 65_536;

    // Compared inside Lua, whose numbers are exact to 2^53.
    private const long MostTokensPerMinute = 1_000_000_000_000;

    private static readonly string[] Profiles = ["us", "eu", "apac", "jp", "au", "global", "none"];
    private static readonly string[] TokenEncodings = ["json", "form"];
    private static readonly string[] ChatUpstreams = ["auto", "chat", "responses"];

    public static void AccountName<T>(this IRuleBuilder<T, string?> rule) => rule.NotEmpty().MaximumLength(Account.NameMaxLength).PlainText();

    public static void Address<T>(this IRuleBuilder<T, string?> rule) => rule.Length(1, Account.UrlMaxLength);

    public static void Priority<T>(this IRuleBuilder<T, int> rule) => rule.InclusiveBetween(0, MostPriority);

    public static void Weight<T>(this IRuleBuilder<T, int> rule) => rule.InclusiveBetween(1, MostWeight);

    public static void LimitOrNone<T>(this IRuleBuilder<T, int?> rule) => rule.GreaterThanOrEqualTo(1);

    public static void TokenLimitOrNone<T>(this IRuleBuilder<T, long?> rule) => rule.InclusiveBetween(1, MostTokensPerMinute);

    public static void BudgetOrNone<T>(this IRuleBuilder<T, decimal?> rule) =>
        rule.InclusiveBetween(0, Money.MaxUsd).PrecisionScale(18, 9, ignoreTrailingZeros: true);

    public static void Group<T>(this IRuleBuilder<T, string?> rule) => rule.Length(1, Account.GroupMaxLength).PlainText();

    public static void Models<T>(this IRuleBuilder<T, IReadOnlyList<string>?> rule) => rule.Custom((models, context) =>
    {
        if (models?.Count > MostModels)
        {
            context.AddFailure($"At most {MostModels} models.");
        }
        else if (models?.Any(model => !IsModelName(model)) == true)
        {
            context.AddFailure($"Each name must have 1 to {Account.ModelMaxLength} characters, none of them a control character.");
        }
    });

    public static void ModelMapping<T>(this IRuleBuilder<T, IReadOnlyDictionary<string, string>?> rule) => rule.Custom((mapping, context) =>
    {
        if (mapping?.Count > MostModels)
        {
            context.AddFailure($"At most {MostModels} models.");
        }
        else if (mapping?.Any(pair => !IsModelName(pair.Key) || !IsModelName(pair.Value)) == true)
        {
            context.AddFailure($"Each name, on both sides, must have 1 to {Account.ModelMaxLength} characters, none of them a control character.");
        }
    });

    public static void Options<T>(this IRuleBuilder<T, AccountOptions?> rule) => rule.SetValidator(new OptionsValidator()!);

    private static IRuleBuilderOptions<T, string?> PlainText<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text?.Any(char.IsControl) != true).WithMessage("Control characters such as line breaks may not stand here.");

    // Names of models become part of addresses and headers.
    private static bool IsModelName(string? name) => name is { Length: > 0 and <= Account.ModelMaxLength } && !name.Any(char.IsControl) && !string.IsNullOrWhiteSpace(name);

    private sealed class OptionsValidator : AbstractValidator<AccountOptions>
    {
        public OptionsValidator()
        {
            OneOf(RuleFor(options => options.Profile), Profiles);
            OneOf(RuleFor(options => options.TokenEncoding), TokenEncodings);
            OneOf(RuleFor(options => options.ChatUpstream), ChatUpstreams);
            RuleFor(options => options.Capabilities).Custom((capabilities, context) =>
            {
                if (capabilities?.Count > MostCapabilities || capabilities?.Sum(pair => pair.Key.Length + pair.Value.GetRawText().Length) > CapabilitiesMaxLength)
                {
                    context.AddFailure($"At most {MostCapabilities} model patterns and {CapabilitiesMaxLength} characters.");
                }
                else if (capabilities?.Any(pair => !IsModelName(pair.Key) || pair.Value.ValueKind != JsonValueKind.Object || !IsText(pair.Value)) == true)
                {
                    context.AddFailure($"Each member must be an object, its name a model pattern of 1 to {Account.ModelMaxLength} characters.");
                }
            });
        }

        // Half of a surrogate pair, written as an escape, is well-formed JSON but no text that could be stored.
        private static bool IsText(JsonElement value)
        {
            try
            {
                return JsonSerializer.Serialize(value).Length > 0;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        private static void OneOf(IRuleBuilder<AccountOptions, string?> rule, string[] accepted) =>
            rule.Must(value => value is null || accepted.Contains(value)).WithMessage($"Must be one of: {string.Join(", ", accepted)}; or null.");
    }
}
