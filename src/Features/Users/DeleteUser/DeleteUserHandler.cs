using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Users.DeleteUser;

internal sealed class DeleteUserHandler(GatewayDbContext db, TimeProvider clock) : IRequestHandler<DeleteUserRequest, Result<Nothing>>
{
    public Task<Result<Nothing>> Handle(DeleteUserRequest request, CancellationToken cancellationToken) =>
        db.InTransactionAsync(() => DeleteAsync(request.Id, cancellationToken), cancellationToken);

    private async Task<Result<Nothing>> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        if (await db.LockUserAsync(id, cancellationToken) is not { } user)
        {
            return UserErrors.NotFound(id);
        }

        if (await db.RefuseIfLastAsync(user, cancellationToken) is { } last)
        {
            return last;
        }

        var now = clock.UtcNowMicroseconds();
        user.Enabled = false;
        user.LiveUsername = null;
        user.SecurityVersion++;
        user.DeletedAtUtc = user.UpdatedAtUtc = now;

        // In one statement, however many keys: the saved user gives the cached keys their new version.
        await db.ApiKeys.Where(key => key.UserId == id && key.DeletedAtUtc == null && key.Enabled).ExecuteUpdateAsync(
            set => set.SetProperty(key => key.Enabled, false).SetProperty(key => key.UpdatedAtUtc, now), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return Nothing.Value;
    }
}
