namespace Gateway.Features.Users;

/// <summary>Failures that several use cases of the area share.</summary>
internal static class UserErrors
{
    public static GatewayError NotFound(long id) => GatewayError.NotFound($"There is no user {id}.");

    public static GatewayError NameTaken(string username) => GatewayError.Conflict($"There already is a user named '{username}'.");
}
