using Gateway.Infrastructure;
using Gateway.Proxy.Platforms.Claude;

namespace Gateway.Proxy.Platforms.ClaudeCcr;

/// <summary>Claude with OAuth tokens that the gateway renews (RFC 6749). No client id is built in: an operator registers only what the provider allows.</summary>
internal static class ClaudeCcrDescription
{
    public static PlatformDescription Value { get; } = new(
        Platform.ClaudeCcr.Name(),
        new LocalText("Claude (OAuth)", "Claude（OAuth）"),
        [FormatNames.Claude],
        Oauth: true,
        ClaudeDescription.DefaultBaseUrl,
        BaseUrlRequired: false,
        [
            new CredentialKind(
                "oauth",
                new LocalText("OAuth tokens", "OAuth 令牌"),
                [
                    CredentialFields.Secret(CredentialFields.AccessToken, required: true, new LocalText("Access token", "访问令牌"), new LocalText(
                        "The token that requests carry now.", "当前请求所携带的令牌。")),
                    CredentialFields.Secret(CredentialFields.RefreshToken, required: true, new LocalText("Refresh token", "刷新令牌"), new LocalText(
                        "Used to renew the access token. After registering it here use it nowhere else: a renewal ends the old one.",
                        "用于续期访问令牌。在此登记后请勿在别处使用：续期会使旧令牌失效。")),
                    new CredentialField(
                        CredentialFields.ExpiresAt,
                        FieldKind.Datetime,
                        Required: true,
                        new LocalText("Access token ends at", "访问令牌到期时间"),
                        new LocalText("RFC 3339 with an offset, for instance 2026-11-23T08:00:00Z.", "带时区的 RFC 3339 时间，例如 2026-11-23T08:00:00Z。")),
                    CredentialFields.Text(CredentialFields.TokenUrl, required: false, new LocalText("Token address", "令牌地址"), new LocalText(
                        "Where tokens are renewed. Empty: /v1/oauth/token of the account's address.", "续期令牌的地址。留空则使用账号地址下的 /v1/oauth/token。")) with
                    {
                        IsAddress = true,
                    },
                    CredentialFields.Text(CredentialFields.ClientId, required: false, new LocalText("Client id", "客户端 ID"), new LocalText(
                        "The OAuth client that the tokens were issued to. Empty: none is sent.", "签发令牌所用的 OAuth 客户端。留空则不发送。")),
                ])
            {
                HintFields = [CredentialFields.RefreshToken],
            },
        ])
    {
        TokenHeader = new(ClaudeCcrAdapter.BetaHeader, ClaudeCcrAdapter.OAuthBeta),
    };
}
