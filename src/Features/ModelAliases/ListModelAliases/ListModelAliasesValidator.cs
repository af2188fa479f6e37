using FluentValidation;
using Gateway.Infrastructure.Paging;

namespace Gateway.Features.ModelAliases.ListModelAliases;

internal sealed class ListModelAliasesValidator : AbstractValidator<ListModelAliasesRequest>
{
    public ListModelAliasesValidator() => this.AddPagingRules();
}
