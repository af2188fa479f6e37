using System.Text.Json.Serialization;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Proxy.Platforms;

/// <summary>What an operator has to know to register an account at a platform. Forms are drawn from it, and credentials are checked by it.</summary>
/// <param name="Id">Name of the platform in JSON and in a model's <c>platform/</c> prefix.</param>
/// <param name="Label">Name for people.</param>
/// <param name="Formats">Wire formats that the platform speaks itself; requests in others are converted.</param>
/// <param name="Oauth">Whether an account can be made by logging in at the provider.</param>
/// <param name="DefaultBaseUrl">Address when an account names none, <c>{region}</c> standing for that field of the credentials; null: there is none.</param>
/// <param name="BaseUrlRequired">Whether an account must name its address.</param>
/// <param name="CredentialKinds">The sets of credentials that an account may have, one of them at a time.</param>
public sealed record PlatformDescription(
    string Id,
    LocalText Label,
    IReadOnlyList<string> Formats,
    bool Oauth,
    string? DefaultBaseUrl,
    bool BaseUrlRequired,
    IReadOnlyList<CredentialKind> CredentialKinds)
{
    private const string RegionPlaceholder = "{region}";

    /// <summary>Names of models at the platform by the names that others know them by; null: there are no others.</summary>
    internal Func<AccountOptions, AccountCredentials, IReadOnlyDictionary<string, string>>? ModelNames { get; init; }

    /// <summary>A header that the platform's token endpoint asks for; null: none.</summary>
    internal KeyValuePair<string, string>? TokenHeader { get; init; }

    /// <summary>The address that an account's requests go to; null when neither the account nor the platform has one.</summary>
    internal string? BaseUrlOf(string? accountBaseUrl, AccountCredentials credentials) =>
        accountBaseUrl ?? (credentials.Find(CredentialFields.Region) is { } region ? DefaultBaseUrl?.Replace(RegionPlaceholder, region) : DefaultBaseUrl);

    internal CredentialKind KindOf(AccountCredentials credentials) => CredentialKinds.Single(kind => kind.Id == credentials.Kind);
}

/// <summary>One set of credentials that a platform accepts.</summary>
/// <param name="Id">Name of the kind, unique within the platform.</param>
/// <param name="Label">Name for people.</param>
/// <param name="Fields">The fields of the form, in order.</param>
public sealed record CredentialKind(string Id, LocalText Label, IReadOnlyList<CredentialField> Fields)
{
    /// <summary>Which fields make up the hint that is shown instead of the credentials.</summary>
    internal IReadOnlyList<string> HintFields { get; init; } = [];

    /// <summary>Holds no secret but uses those of the machine: only where the start-up configuration allows it.</summary>
    internal bool IsAmbient { get; init; }

    internal CredentialField? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);

    /// <summary>The masked form that may be shown.</summary>
    internal string HintOf(AccountCredentials credentials) => string.Join(", ", HintFields.Select(name =>
        Find(name)!.IsShown ? credentials[name] : SecretHint.Of(credentials[name])));
}

/// <summary>One field of a set of credentials.</summary>
/// <param name="Name">Name of the member in <c>credentials</c>.</param>
/// <param name="Kind"><c>text</c>, <c>secret</c> (never shown again), <c>datetime</c> (RFC 3339) or <c>select</c> (one of <c>options</c>).</param>
/// <param name="Required">Whether the set is incomplete without it.</param>
/// <param name="Label">Name for people.</param>
/// <param name="Help">What it is and where to find it.</param>
/// <param name="Options">The values to choose from, for <c>select</c>.</param>
public sealed record CredentialField(
    string Name,
    string Kind,
    bool Required,
    LocalText Label,
    LocalText Help,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Options = null)
{
    /// <summary>What is wrong with a value beyond its type; null: nothing.</summary>
    internal Func<string, string?>? Check { get; init; }

    /// <summary>An address that the gateway calls: it lies under the policy for upstream addresses.</summary>
    internal bool IsAddress { get; init; }

    /// <summary>May be shown as it is.</summary>
    internal bool IsShown { get; init; }
}

/// <summary>A text in the console's languages.</summary>
/// <param name="En">English.</param>
/// <param name="Zh">Simplified Chinese.</param>
public sealed record LocalText(string En, string Zh);

/// <summary>How a field is entered and checked.</summary>
internal static class FieldKind
{
    public const string Text = "text";
    public const string Secret = "secret";
    public const string Datetime = "datetime";
    public const string Select = "select";
}

/// <summary>The wire formats, by the names that the management API uses.</summary>
internal static class FormatNames
{
    public const string Claude = "claude";
    public const string OpenAiChat = "openai_chat";
    public const string OpenAiResponses = "openai_responses";
    public const string Gemini = "gemini";
    public const string BedrockConverse = "bedrock_converse";
}
