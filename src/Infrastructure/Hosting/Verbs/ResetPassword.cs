using Gateway.Infrastructure.Auth;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Hosting.Verbs;

/// <summary>For whoever lost the password: a new one, whether a gateway runs meanwhile or not. All older log-in tokens end.</summary>
internal static class ResetPassword
{
    public static readonly Verb Verb = new("admin reset-password NAME", "gives a user a new password and prints it once", RunAsync);

    private static async Task<int> RunAsync(IServiceProvider services, string[] values)
    {
        var db = await services.RequireDatabaseAsync();
        var name = values[0].ToLowerInvariant();
        var user = await db.Users.FirstOrDefaultAsync(user => user.LiveUsername == name)
            ?? throw new StartupException($"There is no user '{values[0]}'.");
        var password = Passwords.Generate();
        user.PasswordHash = await services.GetRequiredService<Passwords>().HashAsync(password, CancellationToken.None);
        user.SecurityVersion++;
        user.UpdatedAtUtc = services.GetRequiredService<TimeProvider>().UtcNowMicroseconds();
        await db.SaveChangesAsync();
        await Console.Out.WriteLineAsync($"""
            The new password of '{user.Username}' is shown this once:

                {password}

            Everywhere they were logged in, they have to log in again.{(user.Enabled ? "" : " They cannot before an administrator enables them.")}
            """);
        return 0;
    }
}
