using Gateway.Infrastructure;
using Gateway.Proxy.Platforms.Azure;
using Gateway.Proxy.Platforms.Bedrock;
using Gateway.Proxy.Platforms.Claude;
using Gateway.Proxy.Platforms.ClaudeCcr;
using Gateway.Proxy.Platforms.Gemini;
using Gateway.Proxy.Platforms.OpenAi;

namespace Gateway.Proxy.Platforms;

/// <summary>Every platform that accounts can be registered at.</summary>
internal sealed class PlatformCatalogue
{
    public const string AmbientSetting = "Bedrock:AllowAmbientCredentials";

    private static readonly PlatformDescription[] Described =
    [
        ClaudeDescription.Value, ClaudeCcrDescription.Value, OpenAiDescription.Value, AzureDescription.Value, GeminiDescription.Value, BedrockDescription.Value,
    ];

    public PlatformCatalogue(bool allowsAmbientCredentials)
    {
        AllowsAmbientCredentials = allowsAmbientCredentials;
        All = [.. Described.Select(description => description with
        {
            CredentialKinds = [.. description.CredentialKinds.Where(kind => !kind.IsAmbient || allowsAmbientCredentials)],
        })];
    }

    /// <summary>Whether accounts may use the credentials that AWS' own chain finds on this machine.</summary>
    public bool AllowsAmbientCredentials { get; }

    /// <summary>In the order in which they are shown, without the kinds of credentials that this installation does not allow.</summary>
    public IReadOnlyList<PlatformDescription> All { get; }

    /// <summary>All of it, also what this installation does not allow.</summary>
    public PlatformDescription this[Platform platform] => Array.Find(Described, description => description.Id == platform.Name())!;

    /// <exception cref="StartupException">The setting is not a truth value.</exception>
    public static PlatformCatalogue Read(IConfiguration configuration)
    {
        var text = configuration[AmbientSetting];
        return bool.TryParse(string.IsNullOrWhiteSpace(text) ? bool.FalseString : text, out var allows)
            ? new PlatformCatalogue(allows)
            : throw new StartupException($"{AmbientSetting} must be true or false.");
    }
}
