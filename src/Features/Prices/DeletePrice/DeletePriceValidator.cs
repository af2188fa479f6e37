using FluentValidation;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Prices.DeletePrice;

internal sealed class DeletePriceValidator : AbstractValidator<DeletePriceRequest>
{
    public DeletePriceValidator() => RuleFor(r => r.Model).Label(TextRules.ModelMaxLength);
}
