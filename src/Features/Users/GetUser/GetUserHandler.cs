using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Users.GetUser;

internal sealed class GetUserHandler(GatewayDbContext db) : IRequestHandler<GetUserRequest, Result<UserView>>
{
    public async Task<Result<UserView>> Handle(GetUserRequest request, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(row => row.Id == request.Id && row.DeletedAtUtc == null, cancellationToken);
        return user is null ? UserErrors.NotFound(request.Id) : UserView.Of(user);
    }
}
