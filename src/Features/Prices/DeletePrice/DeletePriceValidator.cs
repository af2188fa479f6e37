using FluentValidation;

namespace Gateway.Features.Prices.DeletePrice;

internal sealed class DeletePriceValidator : AbstractValidator<DeletePriceRequest>
{
    public DeletePriceValidator() => RuleFor(r => r.Model).ModelName();
}
