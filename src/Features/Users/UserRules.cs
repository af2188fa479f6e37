using System.Globalization;
using System.Text;
using FluentValidation;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Users;

/// <summary>Rules for the fields of a user, of a new one and of a change.</summary>
internal static class UserRules
{
    public static IRuleBuilderOptions<T, string?> Username<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(name => name is { Length: >= 1 and <= User.UsernameMaxLength } && name[0] != ' ' && name[^1] != ' ' && name.EnumerateRunes().All(IsPrintable))
        .WithMessage($"Must be 1 to {User.UsernameMaxLength} printable characters, without spaces at the ends.");

    public static IRuleBuilderOptions<T, string?> RoleName<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(role => RoleNames.TryParse(role, out _))
        .WithMessage("Must be admin or user.");

    public static IRuleBuilderOptions<T, string?> Email<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(email => email is null || IsEmail(email))
        .WithMessage($"Must be an e-mail address of at most {User.EmailMaxLength} characters, or null.");

    // No more than the form: whether an address exists only a message to it can tell.
    private static bool IsEmail(string email) =>
        email.Length <= User.EmailMaxLength && email.IndexOf('@') is var at && at > 0 && at == email.LastIndexOf('@') && at < email.Length - 1
        && email.EnumerateRunes().All(rune => rune.Value != ' ' && IsPrintable(rune));

    // Not: control and formatting characters (zero width, changes of direction), unpaired surrogates, and spaces that only look like one.
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || (rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
}
