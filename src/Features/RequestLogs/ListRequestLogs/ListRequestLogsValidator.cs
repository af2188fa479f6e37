using FluentValidation;
using Gateway.Infrastructure.Paging;
using Gateway.Proxy.Metering.Queries;
using Gateway.Proxy.Neutral;

namespace Gateway.Features.RequestLogs.ListRequestLogs;

internal sealed class ListRequestLogsValidator : AbstractValidator<ListRequestLogsRequest>
{
    private static readonly string[] Kinds = [.. Enum.GetValues<FailureKind>().Select(kind => kind.Name())];

    public ListRequestLogsValidator()
    {
        this.AddTimeRangeRules();
        this.AddUsageFilterRules();
        RuleFor(r => r.Limit).InclusiveBetween(1, Paging.MostPageSize);
        RuleFor(r => r.HttpStatus).Each(status => status is >= 100 and <= 599, "Each must be an HTTP status, 100 to 599.");
        RuleFor(r => r.ErrorKind).Each(kind => Kinds.Contains(kind), $"Each must be one of: {string.Join(", ", Kinds)}.");
        RuleFor(r => r.RequestId).Each(_ => true, "");
    }
}
