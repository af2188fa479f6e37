using System.Text.RegularExpressions;

namespace Gateway.Proxy.Platforms;

/// <summary>Names of credential fields, as clients write them, and the fields that several platforms share.</summary>
internal static partial class CredentialFields
{
    public const string ApiKey = "api_key";
    public const string Organization = "organization";
    public const string Project = "project";
    public const string AccessToken = "access_token";
    public const string RefreshToken = "refresh_token";
    public const string ExpiresAt = "expires_at";
    public const string TokenUrl = "token_url";
    public const string TenantId = "tenant_id";
    public const string ClientId = "client_id";
    public const string ClientSecret = "client_secret";
    public const string ApiVersion = "api_version";
    public const string Region = "region";
    public const string AccessKeyId = "access_key_id";
    public const string SecretAccessKey = "secret_access_key";
    public const string SessionToken = "session_token";

    public static CredentialField Text(string name, bool required, LocalText label, LocalText help) => new(name, FieldKind.Text, required, label, help);

    public static CredentialField Secret(string name, bool required, LocalText label, LocalText help) => new(name, FieldKind.Secret, required, label, help);

    /// <summary>The one field of most platforms.</summary>
    /// <param name="help">Where to find the key.</param>
    public static CredentialKind ApiKeyKind(LocalText help, params IEnumerable<CredentialField> more) =>
        new(ApiKey, new LocalText("API key", "API 密钥"), [Secret(ApiKey, required: true, new LocalText("API key", "API 密钥"), help), .. more])
        {
            HintFields = [ApiKey],
        };

    /// <summary>A check for values that become part of an address: nothing in them may lead elsewhere.</summary>
    public static Func<string, string?> Matching(Regex pattern, string problem) => value => pattern.IsMatch(value) ? null : problem;

    /// <summary>For instance <c>us-east-1</c> or <c>us-gov-west-1</c>.</summary>
    [GeneratedRegex("^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}\\z", RegexOptions.CultureInvariant)]
    public static partial Regex RegionPattern { get; }

    /// <summary>An id or a domain name.</summary>
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9.-]{0,127}\\z", RegexOptions.CultureInvariant)]
    public static partial Regex PlainNamePattern { get; }
}
