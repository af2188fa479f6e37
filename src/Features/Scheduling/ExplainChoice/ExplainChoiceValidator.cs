using FluentValidation;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Scheduling.ExplainChoice;

internal sealed class ExplainChoiceValidator : AbstractValidator<ExplainChoiceRequest>
{
    private const int SessionMaxLength = 1024;

    public ExplainChoiceValidator()
    {
        RuleFor(r => r.Model).NotEmpty().MaximumLength(TextRules.ModelMaxLength);
        RuleFor(r => r.ApiKeyId).NotNull().When(r => r.Key is null).WithMessage("Required: the identifier of an API key.");
        RuleFor(r => r.Key).Null().When(r => r.ApiKeyId is not null).WithMessage("The same as 'api_key_id': give one of them.");
        RuleFor(r => r.Session).NotEmpty().MaximumLength(SessionMaxLength).When(r => r.Session is not null);
        RuleFor(r => r.Operation).Must(name => ExplainableOperations.Find(name) is not null).WithMessage($"Must be one of {string.Join(", ", ExplainableOperations.Names)}.");
    }
}
