using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Users;

/// <summary>Somebody must always be able to administer the gateway.</summary>
internal static class LastAdministrator
{
    /// <summary>
    /// Locks a user together with every administrator, in one statement and thus in one order: two administrators who remove each other at the same time
    /// wait for one another, and the second is then the last.
    /// </summary>
    public static async Task<User?> LockUserAsync(this GatewayDbContext db, long id, CancellationToken cancellationToken)
    {
        await db.Users.Where(user => user.DeletedAtUtc == null && (user.Id == id || user.Role == Role.Admin)).LockAsync(cancellationToken);
        return await db.Users.SingleOrDefaultAsync(user => user.Id == id && user.DeletedAtUtc == null, cancellationToken);
    }

    /// <summary>Call it before a user stops being an enabled administrator, with the lock held.</summary>
    public static async Task<GatewayError?> RefuseIfLastAsync(this GatewayDbContext db, User user, CancellationToken cancellationToken) =>
        user is { Role: Role.Admin, Enabled: true }
        && !await db.Users.AnyAsync(other => other.Id != user.Id && other.Role == Role.Admin && other.Enabled && other.DeletedAtUtc == null, cancellationToken)
            ? GatewayError.Conflict("This is the last enabled administrator: make another one first.", "last_administrator")
            : null;
}
