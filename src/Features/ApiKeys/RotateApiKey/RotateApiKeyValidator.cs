using FluentValidation;

namespace Gateway.Features.ApiKeys.RotateApiKey;

internal sealed class RotateApiKeyValidator : AbstractValidator<RotateApiKeyRequest>
{
    private const int MostOverlapSeconds = 7 * 24 * 60 * 60;

    public RotateApiKeyValidator() =>
        RuleFor(r => r.OverlapSeconds).InclusiveBetween(0, MostOverlapSeconds).WithMessage($"Must be 0 to {MostOverlapSeconds} seconds.");
}
