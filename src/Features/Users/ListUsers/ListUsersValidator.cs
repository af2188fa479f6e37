using FluentValidation;
using Gateway.Infrastructure.Paging;

namespace Gateway.Features.Users.ListUsers;

internal sealed class ListUsersValidator : AbstractValidator<ListUsersRequest>
{
    private const int SearchMaxLength = 100;

    public ListUsersValidator()
    {
        this.AddPagingRules();
        RuleFor(r => r.Search).MaximumLength(SearchMaxLength);
        RuleFor(r => r.Role).RoleName().When(r => !string.IsNullOrEmpty(r.Role));
    }
}
