using FluentValidation;

namespace Gateway.Features.Usage.RebuildTotals;

internal sealed class RebuildTotalsValidator : AbstractValidator<RebuildTotalsRequest>
{
    private const int MostDays = 31;

    public RebuildTotalsValidator()
    {
        RuleFor(r => r.From).NotNull().WithMessage("Must be a day, such as 2026-01-31.");
        RuleFor(r => r.To).NotNull().WithMessage("Must be a day, such as 2026-01-31.");
        RuleFor(r => r.To)
            .Must((r, to) => to > r.From && to!.Value.DayNumber - r.From!.Value.DayNumber <= MostDays).WithMessage($"Must be later than 'from', by at most {MostDays} days.")
            .When(r => r.From is not null && r.To is not null);
    }
}
