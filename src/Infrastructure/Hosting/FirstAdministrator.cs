using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Hosting;

/// <summary>Creates the administrator of a gateway that has none, and prints a generated password once: to standard output, never to the log.</summary>
internal sealed class FirstAdministrator(IServiceScopeFactory scopes, GatewayOptions options, Passwords passwords, TimeProvider clock) : IStartupStep
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        if (await db.Users.AnyAsync(user => user.Role == Role.Admin && user.DeletedAtUtc == null, cancellationToken))
        {
            return;
        }

        var password = options.AdminPassword ?? Passwords.Generate();
        var now = clock.GetUtcNow().UtcDateTime;
        db.Users.Add(new User
        {
            Username = options.AdminUsername,
            LiveUsername = options.AdminUsername.ToLowerInvariant(),
            PasswordHash = await passwords.HashAsync(password, cancellationToken),
            Role = Role.Admin,
            CreatedAtUtc = now,
            UpdatedAtUtc = now,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.InnerException is { } inner && UniqueViolation.Is(inner))
        {
            return; // Another instance, started at the same time, was first: its password counts.
        }

        if (options.AdminPassword is null)
        {
            await Console.Out.WriteLineAsync($"""

                First start. The administrator is '{options.AdminUsername}' and the password is shown this once:

                    {password}

                Change it with PUT /api/auth/password, or start with Gateway__AdminPassword set.

                """);
        }
    }
}
