using FluentValidation;
using Gateway.Proxy.Metering.Queries;

namespace Gateway.Features.Usage.SummarizeUsage;

internal sealed class SummarizeUsageValidator : AbstractValidator<SummarizeUsageRequest>
{
    private const int MostLimit = 1000;

    public SummarizeUsageValidator()
    {
        this.AddTimeRangeRules();
        this.AddUsageFilterRules();
        RuleFor(r => r.GroupBy).Must(groupBy => groupBy is null || Grouping.All.Contains(groupBy, StringComparer.Ordinal))
            .WithMessage($"Must be one of: {string.Join(", ", Grouping.All)}.");
        RuleFor(r => r.Limit).InclusiveBetween(1, MostLimit);
    }
}
