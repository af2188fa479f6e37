using Gateway.Infrastructure;
using Gateway.Proxy.Platforms.Azure;
using Gateway.Proxy.Platforms.Bedrock;
using Gateway.Proxy.Platforms.Claude;
using Gateway.Proxy.Platforms.ClaudeCcr;
using Gateway.Proxy.Platforms.Gemini;
using Gateway.Proxy.Platforms.OpenAi;

namespace Gateway.Proxy.Platforms;

/// <summary>The registry: every platform that accounts can be registered at, and what calls it.</summary>
internal sealed class PlatformCatalogue
{
    public const string AmbientSetting = "Bedrock:AllowAmbientCredentials";

    // In the order in which they are shown.
    private static readonly (PlatformDescription Description, Type Adapter)[] Registered =
    [
        (ClaudeDescription.Value, typeof(ClaudeAdapter)),
        (ClaudeCcrDescription.Value, typeof(ClaudeCcrAdapter)),
        (OpenAiDescription.Value, typeof(OpenAiAdapter)),
        (AzureDescription.Value, typeof(AzureAdapter)),
        (GeminiDescription.Value, typeof(GeminiAdapter)),
        (BedrockDescription.Value, typeof(BedrockAdapter)),
    ];

    public PlatformCatalogue(bool allowsAmbientCredentials)
    {
        AllowsAmbientCredentials = allowsAmbientCredentials;
        All = [.. Registered.Select(entry => entry.Description with
        {
            CredentialKinds = [.. entry.Description.CredentialKinds.Where(kind => !kind.IsAmbient || allowsAmbientCredentials)],
        })];
    }

    /// <summary>Types of <see cref="IPlatformAdapter"/>.</summary>
    public static IEnumerable<Type> Adapters => Registered.Select(entry => entry.Adapter);

    /// <summary>Whether accounts may use the credentials that AWS' own chain finds on this machine.</summary>
    public bool AllowsAmbientCredentials { get; }

    /// <summary>In the order in which they are shown, without the kinds of credentials that this installation does not allow.</summary>
    public IReadOnlyList<PlatformDescription> All { get; }

    /// <summary>All of it, also what this installation does not allow.</summary>
    public PlatformDescription this[Platform platform] => Array.Find(Registered, entry => entry.Description.Id == platform.Name()).Description;

    /// <exception cref="StartupException">The setting is not a truth value.</exception>
    public static PlatformCatalogue Read(IConfiguration configuration)
    {
        var text = configuration[AmbientSetting];
        return bool.TryParse(string.IsNullOrWhiteSpace(text) ? bool.FalseString : text, out var allows)
            ? new PlatformCatalogue(allows)
            : throw new StartupException($"{AmbientSetting} must be true or false.");
    }
}
