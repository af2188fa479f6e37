using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Prices.RerateUsage;

internal sealed class RerateUsageValidator : AbstractValidator<RerateUsageRequest>
{
    public RerateUsageValidator()
    {
        RuleFor(r => r.Platform).Must(name => PlatformNames.TryParse(name, out _)).WithMessage($"Must be a platform: {string.Join(", ", PlatformNames.All)}.");
        RuleFor(r => r.Model).Must(name => name is { Length: > 0 and <= TextRules.ModelMaxLength }).WithMessage("Must be the name of a model.");
        RuleFor(r => r.From).NotNull().WithMessage("Must be a time, such as 2026-01-31T00:00:00Z.");
        RuleFor(r => r.To).NotNull().WithMessage("Must be a time, such as 2026-02-28T00:00:00Z.");
        RuleFor(r => r.To).Must((r, to) => to > r.From).WithMessage("Must be later than 'from'.").When(r => r.From is not null && r.To is not null);
    }
}
