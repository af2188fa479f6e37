using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Accounts.UpdateAccount;

internal sealed class UpdateAccountValidator : AbstractValidator<UpdateAccountRequest>
{
    public UpdateAccountValidator()
    {
        When(r => r.Name.IsSet, () => RuleFor(r => r.Name.Value).Label(Account.NameMaxLength));
        When(r => r.Credentials.IsSet, () => RuleFor(r => r.Credentials.Value).NotNull().WithMessage("Must not be null: send the fields of one kind of credentials."));
        When(r => r.Priority.IsSet, () => RuleFor(r => r.Priority.Value).Priority());
        When(r => r.Weight.IsSet, () => RuleFor(r => r.Weight.Value).Weight());
        When(r => r.Models.IsSet, () => RuleFor(r => r.Models.Value).Models());
        When(r => r.ModelMapping.IsSet, () => RuleFor(r => r.ModelMapping.Value).ModelMapping());
        When(r => r.Options.IsSet, () => RuleFor(r => r.Options.Value).NotNull().WithMessage("Must not be null: {} has the defaults.").SetValidator(new AccountOptionsValidator()));

        // These accept null, which is also what an absent one holds.
        RuleFor(r => r.BaseUrl.Value).Address();
        RuleFor(r => r.MaxConcurrency.Value).Limit();
        RuleFor(r => r.RequestsPerMinute.Value).Limit();
        RuleFor(r => r.TokensPerMinute.Value).Limit();
        RuleFor(r => r.DailyBudgetUsd.Value).Usd();
        RuleFor(r => r.Group.Value).GroupOrNone();
        RuleFor(r => r.ProxyUrl.Value).Address();
    }
}
