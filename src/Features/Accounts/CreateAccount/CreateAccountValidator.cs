using FluentValidation;
using Gateway.Infrastructure;

namespace Gateway.Features.Accounts.CreateAccount;

internal sealed class CreateAccountValidator : AbstractValidator<CreateAccountRequest>
{
    public CreateAccountValidator()
    {
        RuleFor(r => r.Name).AccountName();
        RuleFor(r => r.Platform).Must(platform => PlatformNames.TryParse(platform, out _))
            .WithMessage($"Must be one of: {string.Join(", ", PlatformNames.All)}.");
        RuleFor(r => r.Credentials).NotNull("send the fields of one kind of credentials");
        RuleFor(r => r.BaseUrl).Address();
        RuleFor(r => r.Priority).Priority();
        RuleFor(r => r.Weight).Weight();
        RuleFor(r => r.MaxConcurrency).LimitOrNone();
        RuleFor(r => r.RequestsPerMinute).LimitOrNone();
        RuleFor(r => r.TokensPerMinute).TokenLimitOrNone();
        RuleFor(r => r.DailyBudgetUsd).BudgetOrNone();
        RuleFor(r => r.Models).Models();
        RuleFor(r => r.ModelMapping).ModelMapping();
        RuleFor(r => r.Group).Group();
        RuleFor(r => r.ProxyUrl).Address();
        RuleFor(r => r.Options).SetValidator(new AccountOptionsValidator()!);
    }
}
