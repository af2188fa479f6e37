using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Accounts.TestAccount;

internal sealed class TestAccountValidator : AbstractValidator<TestAccountRequest>
{
    public TestAccountValidator() => RuleFor(r => r.Model)
        .Must(model => model is null || (model.Length is > 0 and <= Account.ModelMaxLength && !model.Any(char.IsControl)))
        .WithMessage($"Must be a name of 1 to {Account.ModelMaxLength} characters without control characters.");
}
