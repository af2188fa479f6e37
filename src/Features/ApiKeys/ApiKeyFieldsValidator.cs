using FluentValidation;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.ApiKeys;

/// <summary>What holds for every field that was sent, of a new key and of a change.</summary>
internal sealed class ApiKeyFieldsValidator : AbstractValidator<ApiKeyFields>
{
    private const int TagsMaxCount = 20;
    private const int LimitsMaxCount = 20;

    // MySQL keeps times from the year 1000 on; nobody's key expired before 2000.
    private static readonly DateTime EarliestTime = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public ApiKeyFieldsValidator()
    {
        RuleFor(r => r.Name.Value).Label(ApiKey.NameMaxLength).When(r => r.Name.IsSet);
        RuleFor(r => r.Tags.Value)
            .EachText(TagsMaxCount, tag => TextRules.IsLabel(tag, ApiKey.TagMaxLength), $"a tag of 1 to {ApiKey.TagMaxLength} characters without control characters")
            .When(r => r.Tags.IsSet);
        RuleFor(r => r.ExpiresAt.Value).Must(time => time is null || time >= EarliestTime).WithMessage("Must be later than the year 2000, or null for never.");
        RuleFor(r => r.BillingMode.Value).KnownBillingMode().When(r => r.BillingMode.IsSet);
        RuleFor(r => r.QuotaUsd.Value).Usd();
        RuleFor(r => r.Subscription.Value!).SetValidator(new SubscriptionValidator());
        RuleFor(r => r.RateMultiplier.Value).RateMultiplier();
        RuleFor(r => r.AllowedModels.Value).ModelPatterns().When(r => r.AllowedModels.IsSet);
        RuleFor(r => r.AllowedPlatforms.Value).Platforms().When(r => r.AllowedPlatforms.IsSet);
        RuleFor(r => r.AllowedIps.Value)
            .EachText(TextRules.ListMaxCount, text => IpRange.TryNormalize(text, out _), "an IP address or a CIDR range, such as 10.0.0.0/8")
            .When(r => r.AllowedIps.IsSet);
        RuleFor(r => r.AccountGroup.Value).AccountGroup();
        RuleFor(r => r.MaxConcurrency.Value).Limit();
        RuleFor(r => r.RequestsPerMinute.Value).Limit();
        RuleFor(r => r.TokensPerMinute.Value).Limit();
        RuleFor(r => r.Limits.Value)
            .Must(limits => limits is { Count: <= LimitsMaxCount }).WithMessage($"Must be a list of at most {LimitsMaxCount} limits.")
            .When(r => r.Limits.IsSet);
        RuleForEach(r => r.Limits.Value).NotNull().WithMessage("Must not be null.").SetValidator(new KeyLimitValidator());
        RuleFor(r => r.Options.Value).NotNull().WithMessage("Must not be null: {} has the defaults.").When(r => r.Options.IsSet);
    }
}
