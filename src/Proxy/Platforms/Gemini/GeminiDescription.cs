using Gateway.Infrastructure;

namespace Gateway.Proxy.Platforms.Gemini;

internal static class GeminiDescription
{
    public static PlatformDescription Value { get; } = new(
        Platform.Gemini.Name(),
        new LocalText("Gemini", "Gemini"),
        [FormatNames.Gemini],
        Oauth: false,
        "https://generativelanguage.googleapis.com",
        BaseUrlRequired: false,
        [CredentialFields.ApiKeyKind(new LocalText("Key of Google AI Studio.", "Google AI Studio 的密钥。"))]);
}
