using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Accounts.ListAccounts;

internal sealed class ListAccountsValidator : AbstractValidator<ListAccountsRequest>
{
    public ListAccountsValidator()
    {
        this.AddPagingRules();
        RuleFor(r => r.Platform).Must(platform => platform is null || PlatformNames.TryParse(platform, out _))
            .WithMessage($"Must be one of: {string.Join(", ", PlatformNames.All)}.");
        RuleFor(r => r.Status).Must(status => status is null || AccountStatus.All.Contains(status))
            .WithMessage($"Must be one of: {string.Join(", ", AccountStatus.All)}.");
        RuleFor(r => r.Search).MaximumLength(Account.NameMaxLength);
    }
}
