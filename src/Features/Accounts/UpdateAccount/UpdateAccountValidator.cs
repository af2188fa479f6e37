using FluentValidation;

namespace Gateway.Features.Accounts.UpdateAccount;

internal sealed class UpdateAccountValidator : AbstractValidator<UpdateAccountRequest>
{
    public UpdateAccountValidator()
    {
        When(r => r.Name.IsSet, () => RuleFor(r => r.Name.Value).AccountName());
        When(r => r.Credentials.IsSet, () => RuleFor(r => r.Credentials.Value).NotNull("send the fields of one kind of credentials"));
        When(r => r.Priority.IsSet, () => RuleFor(r => r.Priority.Value).Priority());
        When(r => r.Weight.IsSet, () => RuleFor(r => r.Weight.Value).Weight());
        When(r => r.Models.IsSet, () => RuleFor(r => r.Models.Value).NotNull("[] means all models"));
        When(r => r.ModelMapping.IsSet, () => RuleFor(r => r.ModelMapping.Value).NotNull("{} means none"));
        When(r => r.Options.IsSet, () => RuleFor(r => r.Options.Value).NotNull("{} has the defaults"));

        // These accept null, which is also what an absent one holds.
        RuleFor(r => r.BaseUrl.Value).Address();
        RuleFor(r => r.MaxConcurrency.Value).LimitOrNone();
        RuleFor(r => r.RequestsPerMinute.Value).LimitOrNone();
        RuleFor(r => r.TokensPerMinute.Value).TokenLimitOrNone();
        RuleFor(r => r.DailyBudgetUsd.Value).BudgetOrNone();
        RuleFor(r => r.Models.Value).Models();
        RuleFor(r => r.ModelMapping.Value).ModelMapping();
        RuleFor(r => r.Group.Value).Group();
        RuleFor(r => r.ProxyUrl.Value).Address();
        RuleFor(r => r.Options.Value).SetValidator(new AccountOptionsValidator());
    }
}
