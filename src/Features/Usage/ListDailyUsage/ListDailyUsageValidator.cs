using FluentValidation;
using Gateway.Infrastructure.Paging;
using Gateway.Proxy.Metering.Queries;

namespace Gateway.Features.Usage.ListDailyUsage;

internal sealed class ListDailyUsageValidator : AbstractValidator<ListDailyUsageRequest>
{
    private const string Form = "Must be a day, such as 2026-01-31.";

    public ListDailyUsageValidator()
    {
        this.AddPagingRules();
        this.AddUsageFilterRules();
        RuleFor(r => r.From).Must(from => from is null || ListDailyUsageRequest.TryParseDay(from, out _)).WithMessage(Form);
        RuleFor(r => r.To).Must(to => to is null || ListDailyUsageRequest.TryParseDay(to, out _)).WithMessage(Form);
    }
}
