namespace Gateway.Infrastructure.Auth;

/// <summary>What a person may do in the management API. An <see cref="Admin"/> may do all that a <see cref="User"/> may.</summary>
internal enum Role
{
    User = 1,
    Admin = 2,
}

internal static class RoleNames
{
    public static string Name(this Role role) => role == Role.Admin ? "admin" : "user";

    /// <exception cref="ArgumentException">There is no such role.</exception>
    public static Role Parse(string name) =>
        TryParse(name, out var role) ? role : throw new ArgumentException($"There is no role '{name}'.", nameof(name));

    public static bool TryParse(string? name, out Role role)
    {
        role = name == "admin" ? Role.Admin : Role.User;
        return name is "admin" or "user";
    }
}

/// <summary>A message that only people of at least this role may send.</summary>
internal interface IRequireRole
{
    static abstract Role LeastRole { get; }
}

/// <summary>A message of which some members may be written by administrators only.</summary>
internal interface IHaveAdminFields
{
    /// <summary>JSON names of those among them that the caller has sent.</summary>
    IEnumerable<string> SentAdminFields { get; }
}

/// <summary>A message that anyone may send, without logging in: say why where it is declared.</summary>
internal interface IAllowAnyone;

/// <summary>Who is calling the management API.</summary>
internal interface ICurrentUser
{
    /// <summary>False for the gateway's own jobs and for callers that are not logged in.</summary>
    bool IsLoggedIn { get; }

    /// <exception cref="InvalidOperationException">Nobody is logged in.</exception>
    long Id { get; }

    Role Role { get; }

    bool IsAdmin => Role == Role.Admin;
}
