using Gateway.Infrastructure;

namespace Gateway.Proxy.Platforms.Azure;

internal static class AzureDescription
{
    /// <summary>The kind of credentials for which tokens are fetched.</summary>
    public const string EntraId = "entra_id";

    private static readonly CredentialField ApiVersion = CredentialFields.Text(
        CredentialFields.ApiVersion,
        required: false,
        new LocalText("API version", "API 版本"),
        new LocalText(
            "A date such as 2024-10-21 uses deployment addresses of that version. Empty: the v1 API.",
            "填写日期（如 2024-10-21）则使用该版本的部署地址；留空则使用 v1 API。")) with
    {
        Check = CredentialFields.Matching(CredentialFields.PlainNamePattern, "Write a version such as 2024-10-21 or preview."),
    };

    public static PlatformDescription Value { get; } = new(
        Platform.Azure.Name(),
        new LocalText("Azure OpenAI", "Azure OpenAI"),
        [FormatNames.OpenAiChat, FormatNames.OpenAiResponses],
        Oauth: false,
        DefaultBaseUrl: null,
        BaseUrlRequired: true,
        [
            CredentialFields.ApiKeyKind(
                new LocalText("One of the two keys of the resource, under Keys and Endpoint.", "资源「密钥和终结点」页面中的任一密钥。"), ApiVersion),
            new CredentialKind(
                EntraId,
                new LocalText("Microsoft Entra ID application", "Microsoft Entra ID 应用"),
                [
                    CredentialFields.Text(CredentialFields.TenantId, required: true, new LocalText("Tenant id", "租户 ID"), new LocalText(
                        "Directory that the application is registered in.", "应用注册所在的目录。")) with
                    {
                        Check = CredentialFields.Matching(CredentialFields.PlainNamePattern, "Write the id or the domain of the tenant."),
                    },
                    CredentialFields.Text(CredentialFields.ClientId, required: true, new LocalText("Client id", "客户端 ID"), new LocalText(
                        "Application id of the registration.", "应用注册的应用程序 ID。")),
                    CredentialFields.Secret(CredentialFields.ClientSecret, required: true, new LocalText("Client secret", "客户端密码"), new LocalText(
                        "Value of a client secret, not its id. The application needs the role Cognitive Services OpenAI User.",
                        "客户端密码的值（不是其 ID）。该应用需要 Cognitive Services OpenAI User 角色。")),
                    ApiVersion,
                ])
            {
                HintFields = [CredentialFields.ClientId],
            },
        ]);
}
