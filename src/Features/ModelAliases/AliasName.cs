using FluentValidation;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.ModelAliases;

internal static class AliasName
{
    /// <summary>The server leaves this one character encoded, to those who know whether a slash ends a part of the path.</summary>
    public static string DecodeSlashes(string alias) => alias.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    public static void IsAliasName<T>(this IRuleBuilder<T, string?> rule) => rule.Label(TextRules.ModelMaxLength);
}
