using Gateway.Infrastructure;

namespace Gateway.Proxy.Platforms.Claude;

internal static class ClaudeDescription
{
    public const string DefaultBaseUrl = "https://api.anthropic.com";

    public static PlatformDescription Value { get; } = new(
        Platform.Claude.Name(),
        new LocalText("Claude", "Claude"),
        [FormatNames.Claude],
        Oauth: false,
        DefaultBaseUrl,
        BaseUrlRequired: false,
        [CredentialFields.ApiKeyKind(new LocalText(
            "Key of the Claude Console, under Settings, API keys. It starts with sk-ant-.",
            "Claude 控制台「设置 → API 密钥」中的密钥，以 sk-ant- 开头。"))]);
}
