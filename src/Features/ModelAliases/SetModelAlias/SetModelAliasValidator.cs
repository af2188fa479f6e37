using FluentValidation;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.ModelAliases.SetModelAlias;

internal sealed class SetModelAliasValidator : AbstractValidator<SetModelAliasRequest>
{
    private const int MostModels = 20;

    public SetModelAliasValidator()
    {
        RuleFor(r => r.Alias).IsAliasName();
        RuleFor(r => r.Models).Cascade(CascadeMode.Stop)
            .NotEmpty().WithMessage("Name at least one model.")
            .EachText(MostModels, model => TextRules.IsLabel(model, TextRules.ModelMaxLength), $"a model name of 1 to {TextRules.ModelMaxLength} characters");
        RuleFor(r => r.Models).Must((request, models) => !models.Contains(request.Alias, StringComparer.Ordinal)).When(HasModels)
            .WithMessage("An alias cannot stand for itself.");
        RuleFor(r => r.Models).Must(models => models.Distinct(StringComparer.Ordinal).Count() == models.Count).When(HasModels)
            .WithMessage("Name each model once.");
    }

    private static bool HasModels(SetModelAliasRequest request) => request.Models is not null;
}
