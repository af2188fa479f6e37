using FluentValidation;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.ApiKeys.ListApiKeys;

internal sealed class ListApiKeysValidator : AbstractValidator<ListApiKeysRequest>
{
    public ListApiKeysValidator()
    {
        this.AddPagingRules();
        RuleFor(r => r.Search).MaximumLength(ApiKey.NameMaxLength);
        RuleFor(r => r.Tag).MaximumLength(ApiKey.TagMaxLength);
    }
}
