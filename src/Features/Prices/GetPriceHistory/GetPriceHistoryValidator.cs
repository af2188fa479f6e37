using FluentValidation;
using Gateway.Infrastructure.Paging;

namespace Gateway.Features.Prices.GetPriceHistory;

internal sealed class GetPriceHistoryValidator : AbstractValidator<GetPriceHistoryRequest>
{
    public GetPriceHistoryValidator()
    {
        this.AddPagingRules();
        RuleFor(r => r.Model).ModelName();
    }
}
