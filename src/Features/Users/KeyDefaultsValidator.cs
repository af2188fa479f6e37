using FluentValidation;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Users;

internal sealed class KeyDefaultsValidator : AbstractValidator<KeyDefaults>
{
    private const int MostKeys = 10_000;

    public KeyDefaultsValidator()
    {
        RuleFor(r => r.MaxKeys).InclusiveBetween(0, MostKeys).WithMessage($"Must be 0 to {MostKeys}.");
        RuleFor(r => r.BillingMode).KnownBillingMode();
        RuleFor(r => r.QuotaUsd).Usd();
        RuleFor(r => r.Subscription!).SetValidator(new SubscriptionValidator());
        RuleFor(r => r.Subscription).NotNull().WithMessage("Required while billing_mode is subscription.").When(r => r.BillingMode == BillingMode.Subscription);
        RuleFor(r => r.RateMultiplier).RateMultiplier();
        RuleFor(r => r.AccountGroup).AccountGroup();
        RuleFor(r => r.AllowedPlatforms).Platforms().When(r => r.AllowedPlatforms is not null);
        RuleFor(r => r.MaxConcurrency).Limit();
        RuleFor(r => r.RequestsPerMinute).Limit();
        RuleFor(r => r.TokensPerMinute).Limit();
    }
}
