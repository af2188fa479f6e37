using Gateway.Infrastructure;

namespace Gateway.Proxy.Platforms.Azure;

/// <summary>Section <c>Azure</c> of the start-up configuration: where the tokens of Microsoft Entra ID applications come from.</summary>
/// <param name="Authority">For instance <c>https://login.microsoftonline.us</c> in the cloud of the US government. Plain http works where the policy for upstream addresses allows it.</param>
/// <param name="Scope">What the tokens are for; sovereign clouds have their own.</param>
internal sealed record EntraOptions(Uri Authority, string Scope)
{
    private const string AuthorityKey = "Azure:AuthorityHost";
    private const string ScopeKey = "Azure:TokenScope";
    private const string PublicAuthority = "https://login.microsoftonline.com";
    private const string PublicScope = "https://cognitiveservices.azure.com/.default";

    /// <exception cref="StartupException">A setting has a value that cannot work; the message names it and what is accepted.</exception>
    public static EntraOptions Read(IConfiguration configuration)
    {
        var authority = Text(configuration, AuthorityKey, PublicAuthority);
        var scope = Text(configuration, ScopeKey, PublicScope);
        if (!Uri.TryCreate(authority, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.PathAndQuery != "/" || address.UserInfo.Length > 0)
        {
            throw new StartupException($"{AuthorityKey} must be a web address without a path, such as {PublicAuthority}.");
        }

        return scope.EndsWith("/.default", StringComparison.Ordinal)
            ? new EntraOptions(address, scope)
            : throw new StartupException($"{ScopeKey} must be a resource and '/.default', such as {PublicScope}.");
    }

    private static string Text(IConfiguration configuration, string key, string usual) => configuration[key] is { Length: > 0 } text ? text : usual;
}
