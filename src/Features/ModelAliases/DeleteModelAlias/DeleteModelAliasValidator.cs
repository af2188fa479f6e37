using FluentValidation;

namespace Gateway.Features.ModelAliases.DeleteModelAlias;

internal sealed class DeleteModelAliasValidator : AbstractValidator<DeleteModelAliasRequest>
{
    public DeleteModelAliasValidator() => RuleFor(r => r.Alias).IsAliasName();
}
