using Gateway.Infrastructure;

namespace Gateway.Proxy.Platforms.OpenAi;

internal static class OpenAiDescription
{
    public static PlatformDescription Value { get; } = new(
        Platform.OpenAi.Name(),
        new LocalText("OpenAI and compatible", "OpenAI 及兼容平台"),
        [FormatNames.OpenAiChat, FormatNames.OpenAiResponses],
        Oauth: false,
        "https://api.openai.com",
        BaseUrlRequired: false,
        [CredentialFields.ApiKeyKind(
            new LocalText("Key of the OpenAI platform, or of the compatible server that the base address names.", "OpenAI 平台的密钥，或基础地址所指兼容服务的密钥。"),
            CredentialFields.Text(CredentialFields.Organization, required: false, new LocalText("Organization", "组织"), new LocalText(
                "Only for keys of several organizations: the id, org-….", "仅当密钥属于多个组织时填写组织 ID（org-…）。")),
            CredentialFields.Text(CredentialFields.Project, required: false, new LocalText("Project", "项目"), new LocalText(
                "Only for keys of several projects: the id, proj_….", "仅当密钥属于多个项目时填写项目 ID（proj_…）。")))]);
}
