namespace Simulator;

/// <summary>How the credentials start that each platform accepts; whatever follows names an account.</summary>
public static class CredentialPrefix
{
    public const string OpenAi = "sk-sim-";

    public const string Claude = "sk-ant-sim-";

    public const string Gemini = "AIza-sim-";

    /// <summary>A key, or the client secret of an application.</summary>
    public const string Azure = "azure-sim-";

    public const string ClaudeOAuth = "sim-oauth-";
}
