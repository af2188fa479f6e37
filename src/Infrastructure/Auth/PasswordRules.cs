using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Infrastructure.Auth;

internal static class PasswordRules
{
    /// <summary>The rules of a new password.</summary>
    public static IRuleBuilderOptions<T, string?> Password<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(password => password is { Length: >= User.PasswordMinLength and <= User.PasswordMaxLength })
        .WithMessage($"Must be {User.PasswordMinLength} to {User.PasswordMaxLength} characters.")
        .Must(password => password is null || !CommonPasswords.Contains(password))
        .WithMessage("Is one that is guessed first. Several words together are easy to remember and hard to guess.");
}
