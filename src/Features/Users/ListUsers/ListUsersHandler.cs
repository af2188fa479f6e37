using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Users.ListUsers;

internal sealed class ListUsersHandler(GatewayDbContext db) : IRequestHandler<ListUsersRequest, Result<PagedList<UserView>>>
{
    public async Task<Result<PagedList<UserView>>> Handle(ListUsersRequest request, CancellationToken cancellationToken)
    {
        var found = Filter(request);
        var total = await found.LongCountAsync(cancellationToken);
        var users = await found.AsNoTracking().OrderByDescending(user => user.Id).PageOf(request).ToListAsync(cancellationToken);
        return new PagedList<UserView>([.. users.Select(UserView.Of)], total, request.Page, request.PageSize);
    }

    private IQueryable<User> Filter(ListUsersRequest request)
    {
        var users = db.Users.Where(user => user.DeletedAtUtc == null);
        if (!string.IsNullOrEmpty(request.Search))
        {
            var text = request.Search.ToLowerInvariant();
#pragma warning disable CA1862 // A StringComparison has no translation to SQL.
            users = users.Where(user => user.LiveUsername!.Contains(text) || user.Email!.ToLower().Contains(text));
#pragma warning restore CA1862
        }

        if (RoleNames.TryParse(request.Role, out var role))
        {
            users = users.Where(user => user.Role == role);
        }

        return request.Enabled is { } enabled ? users.Where(user => user.Enabled == enabled) : users;
    }
}
