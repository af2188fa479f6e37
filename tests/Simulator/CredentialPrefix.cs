namespace Simulator;

/// <summary>How the credentials start that each platform accepts; whatever follows names an account.</summary>
public static class CredentialPrefix
{
    public const string OpenAi = "sk-sim-";

    public const string Claude = "sk-ant-sim-";

    public const string Gemini = "AIza-sim-";

    /// <summary>A key, or the client secret of an application.</summary>
    public const string Azure = "azure-sim-";

    /// <summary>An access key's id; its secret is <see cref="BedrockSecret"/>.</summary>
    public const string Bedrock = "AKIASIM";

    /// <summary>A Bedrock API key.</summary>
    public const string BedrockApiKey = "ABSK-sim-";

    public const string ClaudeOAuth = "sim-oauth-";

    /// <summary>The secret that belongs to an access key's id.</summary>
    public static string BedrockSecret(string accessKeyId) => $"simulated/secret+of/{accessKeyId}";
}
