using FluentValidation;
using Gateway.Infrastructure.Paging;

namespace Gateway.Features.Configs.ListConfigs;

internal sealed class ListConfigsValidator : AbstractValidator<ListConfigsRequest>
{
    public ListConfigsValidator() => this.AddPagingRules();
}
