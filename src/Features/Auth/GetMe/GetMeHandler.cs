using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Auth.GetMe;

internal sealed class GetMeHandler(GatewayDbContext db, ICurrentUser user) : IRequestHandler<GetMeRequest, Result<UserInfo>>
{
    public async Task<Result<UserInfo>> Handle(GetMeRequest request, CancellationToken cancellationToken) =>
        UserInfo.Of(await db.Users.AsNoTracking().SingleAsync(row => row.Id == user.Id, cancellationToken));
}
