namespace Gateway.Features.ApiKeys;

/// <summary>Failures that several use cases of the area share.</summary>
internal static class ApiKeyErrors
{
    public static GatewayError NotFound(long id) => GatewayError.NotFound($"There is no API key {id}.");

    public static GatewayError NameTaken(string name) => GatewayError.Conflict($"Its user already has an API key named '{name}'.");
}
