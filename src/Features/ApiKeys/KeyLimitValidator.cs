using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.ApiKeys;

internal sealed class KeyLimitValidator : AbstractValidator<KeyLimit>
{
    public KeyLimitValidator()
    {
        RuleFor(r => r.Measure).OneOf("usd", "requests", "tokens");
        RuleFor(r => r.Window).OneOf("minute", "5h", "day", "week", "month");
        RuleFor(r => r.Limit)
            .Must(limit => limit > 0 && AmountRules.IsUsd(limit)).WithMessage($"Must be more than 0 and at most {Money.MaxUsd:0} US dollars, with at most 9 decimals.")
            .When(r => r.Measure == "usd");
        RuleFor(r => r.Limit)
            .Must(limit => limit is >= 1 and <= AmountRules.MostCount && decimal.Truncate(limit) == limit).WithMessage($"Must be a whole number from 1 to {AmountRules.MostCount}.")
            .When(r => r.Measure != "usd");
        RuleFor(r => r.Models).ModelPatterns().When(r => r.Models is not null);
    }
}
