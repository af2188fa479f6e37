using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Accounts.CreateAccount;

internal sealed class CreateAccountValidator : AbstractValidator<CreateAccountRequest>
{
    public CreateAccountValidator()
    {
        RuleFor(r => r.Name).Label(Account.NameMaxLength);
        RuleFor(r => r.Platform).OneOf([.. PlatformNames.All]);
        RuleFor(r => r.Credentials).NotNull().WithMessage("Required: the fields of one kind of credentials.");
        RuleFor(r => r.BaseUrl).Address();
        RuleFor(r => r.Priority).Priority();
        RuleFor(r => r.Weight).Weight();
        RuleFor(r => r.MaxConcurrency).Limit();
        RuleFor(r => r.RequestsPerMinute).Limit();
        RuleFor(r => r.TokensPerMinute).Limit();
        RuleFor(r => r.DailyBudgetUsd).Usd();
        When(r => r.Models is not null, () => RuleFor(r => r.Models).Models());
        When(r => r.ModelMapping is not null, () => RuleFor(r => r.ModelMapping).ModelMapping());
        RuleFor(r => r.Group).GroupOrNone();
        RuleFor(r => r.ProxyUrl).Address();
        RuleFor(r => r.Options).SetValidator(new AccountOptionsValidator()!);
    }
}
