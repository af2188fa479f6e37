using Gateway.Infrastructure;

namespace Gateway.Proxy.Platforms.Bedrock;

internal static class BedrockDescription
{
    private static readonly CredentialField Region = CredentialFields.Text(
        CredentialFields.Region,
        required: true,
        new LocalText("Region", "区域"),
        new LocalText("AWS region whose models are used, for instance us-east-1.", "所用模型所在的 AWS 区域，例如 us-east-1。")) with
    {
        Check = CredentialFields.Matching(CredentialFields.RegionPattern, "Write an AWS region such as us-east-1."),
        IsShown = true,
    };

    public static PlatformDescription Value { get; } = new(
        Platform.Bedrock.Name(),
        new LocalText("AWS Bedrock", "AWS Bedrock"),
        [FormatNames.BedrockConverse, FormatNames.Claude],
        Oauth: false,
        "https://bedrock-runtime.{region}.amazonaws.com",
        BaseUrlRequired: false,
        [
            new CredentialKind(
                "access_key",
                new LocalText("Access key", "访问密钥"),
                [
                    Region,
                    CredentialFields.Text(CredentialFields.AccessKeyId, required: true, new LocalText("Access key id", "访问密钥 ID"), new LocalText(
                        "Id of the key, AKIA… or ASIA….", "密钥的 ID，以 AKIA 或 ASIA 开头。")),
                    CredentialFields.Secret(CredentialFields.SecretAccessKey, required: true, new LocalText("Secret access key", "私有访问密钥"), new LocalText(
                        "Shown by AWS once, when the key was made.", "创建密钥时 AWS 仅显示一次。")),
                    CredentialFields.Secret(CredentialFields.SessionToken, required: false, new LocalText("Session token", "会话令牌"), new LocalText(
                        "Only for temporary keys (ASIA…).", "仅用于临时密钥（ASIA…）。")),
                ])
            {
                HintFields = [CredentialFields.AccessKeyId, CredentialFields.Region],
            },
            new CredentialKind(
                CredentialFields.ApiKey,
                new LocalText("Bedrock API key", "Bedrock API 密钥"),
                [
                    Region,
                    CredentialFields.Secret(CredentialFields.ApiKey, required: true, new LocalText("API key", "API 密钥"), new LocalText(
                        "Long-term or short-term key of Bedrock, made for this region.", "为该区域创建的 Bedrock 长期或短期密钥。")),
                ])
            {
                HintFields = [CredentialFields.ApiKey, CredentialFields.Region],
            },
            new CredentialKind(
                "ambient",
                new LocalText("Credentials of this machine", "本机凭据"),
                [Region])
            {
                HintFields = [CredentialFields.Region],
                IsAmbient = true,
            },
        ])
    {
        ModelNames = BedrockModels.Of,
    };
}
