using FluentValidation;
using Gateway.Infrastructure.Paging;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Queries;

namespace Gateway.Features.Usage.ListUsageRecords;

internal sealed class ListUsageRecordsValidator : AbstractValidator<ListUsageRecordsRequest>
{
    public ListUsageRecordsValidator()
    {
        this.AddTimeRangeRules();
        this.AddUsageFilterRules();
        RuleFor(r => r.Limit).InclusiveBetween(1, Paging.MostPageSize);
        RuleFor(r => r.Format).Must(format => format is null or ListUsageRecordsRequest.Json or ListUsageRecordsRequest.Csv).WithMessage("Must be json or csv.");
        RuleFor(r => r.Status).Each(status => UsageStatus.All.Contains(status), $"Each must be one of: {string.Join(", ", UsageStatus.All)}.");
    }
}
