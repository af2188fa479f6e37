using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Users.CreateUser;

internal sealed class CreateUserHandler(GatewayDbContext db, Passwords passwords, TimeProvider clock) : IRequestHandler<CreateUserRequest, Result<UserView>>
{
    public async Task<Result<UserView>> Handle(CreateUserRequest request, CancellationToken cancellationToken)
    {
        var liveName = request.Username.ToLowerInvariant();
        if (await db.Users.AnyAsync(other => other.LiveUsername == liveName, cancellationToken))
        {
            return UserErrors.NameTaken(request.Username);
        }

        var now = clock.UtcNowMicroseconds();
        var user = new User
        {
            Username = request.Username,
            LiveUsername = liveName,
            PasswordHash = await passwords.HashAsync(request.Password, cancellationToken),
            Email = request.Email,
            Role = RoleNames.Parse(request.Role),
            Enabled = request.Enabled,
            KeyDefaults = request.KeyDefaults ?? new KeyDefaults(),
            CreatedAtUtc = now,
            UpdatedAtUtc = now,
        };
        db.Users.Add(user);
        await db.SaveChangesAsync(cancellationToken);
        return UserView.Of(user);
    }
}
