using FluentValidation;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.ModelAliases;

internal static class AliasName
{
    public static void IsAliasName<T>(this IRuleBuilder<T, string?> rule) => rule.Label(TextRules.ModelMaxLength);
}
