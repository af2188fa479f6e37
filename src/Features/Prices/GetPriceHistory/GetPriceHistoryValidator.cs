using FluentValidation;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Prices.GetPriceHistory;

internal sealed class GetPriceHistoryValidator : AbstractValidator<GetPriceHistoryRequest>
{
    public GetPriceHistoryValidator()
    {
        this.AddPagingRules();
        RuleFor(r => r.Model).Label(TextRules.ModelMaxLength);
    }
}
