using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Accounts.ExchangeCode;

internal sealed class ExchangeCodeValidator : AbstractValidator<ExchangeCodeRequest>
{
    private const int CodeMaxLength = 4096;

    public ExchangeCodeValidator()
    {
        RuleFor(r => r.State).Must(state => state is { Length: > 0 and <= 200 }).WithMessage("Required: the 'state' of a log-in that has begun.");
        RuleFor(r => r.Code).Must(code => code is null || (code.Length is > 0 and <= CodeMaxLength && !code.AsSpan().ContainsAnyExceptInRange('!', '~')))
            .WithMessage($"Must be 1 to {CodeMaxLength} visible ASCII characters. Was a blank or a line break copied along?");
        RuleFor(r => r.CallbackUrl).Must(url => url is null || (url.Length is > 0 and <= 2 * CodeMaxLength && char.IsAsciiLetter(url[0]) && Uri.TryCreate(url, UriKind.Absolute, out _)))
            .WithMessage("Must be the whole address that the provider led the browser back to.");
        RuleFor(r => r.Code).Must((r, code) => code is null != r.CallbackUrl is null).WithMessage("Send either 'code' or 'callback_url'.");
        When(r => r.Name is not null, () => RuleFor(r => r.Name).Label(Account.NameMaxLength));
    }
}
