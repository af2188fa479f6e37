using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Prices.ListPrices;

internal sealed class ListPricesValidator : AbstractValidator<ListPricesRequest>
{
    public ListPricesValidator()
    {
        this.AddPagingRules();
        RuleFor(r => r.Platform).Must(platform => platform is null || PlatformNames.TryParse(platform, out _))
            .WithMessage($"Must be one of: {string.Join(", ", PlatformNames.All)}.");
        RuleFor(r => r.Search).MaximumLength(TextRules.ModelMaxLength);
        RuleFor(r => r.Source).Must(source => source is null || PriceSource.All.Contains(source))
            .WithMessage($"Must be one of: {string.Join(", ", PriceSource.All)}.");
    }
}
