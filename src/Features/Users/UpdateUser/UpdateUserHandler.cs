using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Users.UpdateUser;

internal sealed class UpdateUserHandler(GatewayDbContext db, Passwords passwords, TimeProvider clock) : IRequestHandler<UpdateUserRequest, Result<UserView>>
{
    public async Task<Result<UserView>> Handle(UpdateUserRequest request, CancellationToken cancellationToken)
    {
        // Before the transaction: nobody should wait for a lock while a password is hashed.
        var passwordHash = request.Password.IsSet ? await passwords.HashAsync(request.Password.Value, cancellationToken) : null;
        return await db.InTransactionAsync(() => UpdateAsync(request, passwordHash, cancellationToken), cancellationToken);
    }

    private async Task<Result<UserView>> UpdateAsync(UpdateUserRequest request, string? passwordHash, CancellationToken cancellationToken)
    {
        if (await db.LockUserAsync(request.Id, cancellationToken) is not { } user)
        {
            return UserErrors.NotFound(request.Id);
        }

        if (IfMatch.Check(request.IfMatch, user.UpdatedAtUtc) is { } stale)
        {
            return stale;
        }

        var role = request.Role.IsSet ? RoleNames.Parse(request.Role.Value) : user.Role;
        var enabled = request.Enabled.Or(user.Enabled);
        if ((role != Role.Admin || !enabled) && await db.RefuseIfLastAsync(user, cancellationToken) is { } last)
        {
            return last;
        }

        if (request.Username.IsSet && await RenameAsync(user, request.Username.Value, cancellationToken) is { } taken)
        {
            return taken;
        }

        if (role != user.Role || passwordHash is not null || (user.Enabled && !enabled))
        {
            user.SecurityVersion++;
        }

        user.Role = role;
        user.Enabled = enabled;
        user.PasswordHash = passwordHash ?? user.PasswordHash;
        user.Email = request.Email.Or(user.Email);
        user.KeyDefaults = request.KeyDefaults.Or(user.KeyDefaults);
        user.UpdatedAtUtc = clock.UtcNowMicroseconds();
        await db.SaveChangesAsync(cancellationToken);
        return UserView.Of(user);
    }

    private async Task<GatewayError?> RenameAsync(User user, string username, CancellationToken cancellationToken)
    {
        var liveName = username.ToLowerInvariant();
        if (await db.Users.AnyAsync(other => other.Id != user.Id && other.LiveUsername == liveName, cancellationToken))
        {
            return UserErrors.NameTaken(username);
        }

        user.Username = username;
        user.LiveUsername = liveName;
        return null;
    }
}
