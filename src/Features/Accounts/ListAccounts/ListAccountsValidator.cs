using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Validation;

namespace Gateway.Features.Accounts.ListAccounts;

internal sealed class ListAccountsValidator : AbstractValidator<ListAccountsRequest>
{
    public ListAccountsValidator()
    {
        this.AddPagingRules();
        RuleFor(r => r.Platform).OneOf([.. PlatformNames.All]).When(r => !string.IsNullOrEmpty(r.Platform));
        RuleFor(r => r.Status).OneOf([.. AccountStatus.All]).When(r => !string.IsNullOrEmpty(r.Status));
        RuleFor(r => r.Search).MaximumLength(Account.NameMaxLength);
    }
}
