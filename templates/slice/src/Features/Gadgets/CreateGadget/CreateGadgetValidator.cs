using FluentValidation;

namespace Gateway.Features.Gadgets.CreateGadget;

internal sealed class CreateGadgetValidator : AbstractValidator<CreateGadgetRequest>
{
    private const int NameMaxLength = 100;

    public CreateGadgetValidator() => RuleFor(r => r.Name).NotEmpty().MaximumLength(NameMaxLength);
}
