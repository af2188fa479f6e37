using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Infrastructure.Json;
using Gateway.Infrastructure.Secrets;

namespace Gateway.Proxy.Platforms;

/// <summary>The credentials of one account: its kind and the values by field name. Immutable.</summary>
/// <remarks>Not a record: its text form must not print secrets.</remarks>
internal sealed class AccountCredentials
{
    private readonly IReadOnlyDictionary<string, string> _fields;
    private readonly string[] _formerSecrets;

    public AccountCredentials(string kind, IReadOnlyDictionary<string, string> fields)
        : this(kind, fields, [])
    {
    }

    private AccountCredentials(string kind, IReadOnlyDictionary<string, string> fields, string[] formerSecrets)
    {
        Kind = kind;
        _fields = fields;
        _formerSecrets = formerSecrets;
    }

    /// <summary>Which kind of its platform's description it is.</summary>
    public string Kind { get; }

    /// <exception cref="KeyNotFoundException">The kind has no such required field.</exception>
    public string this[string field] => _fields[field];

    /// <summary>Everything that must not appear in a text for others.</summary>
    public IEnumerable<string> Hidden => Secrets.Concat(_formerSecrets);

    private IEnumerable<string> Secrets =>
        from pair in _fields
        where pair.Key is not (CredentialFields.Region or CredentialFields.ExpiresAt or CredentialFields.ApiVersion)
        select pair.Value;

    public string? Find(string field) => _fields.GetValueOrDefault(field);

    /// <summary>A field of kind <c>datetime</c>.</summary>
    public DateTime? FindTime(string field) => UtcTimeConverter.TryParse(Find(field), out var utc) ? utc : null;

    /// <summary>The same, hiding also what they replace: the answer to a request that carried the old token must not show that one either.</summary>
    public AccountCredentials Replacing(AccountCredentials former) => new(Kind, _fields, [.. former.Secrets.Except(Secrets)]);

    /// <summary>The same with new tokens. Where no refresh token came, the old one stays.</summary>
    public AccountCredentials Renewed(string accessToken, string? refreshToken, DateTime expiresAtUtc) =>
        new(Kind, new Dictionary<string, string>(_fields, StringComparer.Ordinal)
        {
            [CredentialFields.AccessToken] = accessToken,
            [CredentialFields.RefreshToken] = refreshToken ?? _fields[CredentialFields.RefreshToken],
            [CredentialFields.ExpiresAt] = Text(expiresAtUtc),
        });

    /// <summary>The form in which a field of kind <c>datetime</c> is kept.</summary>
    public static string Text(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Encrypts them for the row of this account and for no other.</summary>
    public string Seal(SecretBox box, long accountId) => box.Seal(JsonSerializer.Serialize(new Plain(Kind, _fields)), SecretPlace.Credentials(accountId));

    /// <exception cref="CryptographicException">The key is not in the ring, or the text was changed or moved.</exception>
    public static AccountCredentials Open(SecretBox box, long accountId, string envelope)
    {
        var plain = JsonSerializer.Deserialize<Plain>(box.Open(envelope, SecretPlace.Credentials(accountId)))!;
        return new AccountCredentials(plain.Kind, plain.Fields);
    }

    /// <summary>The same for those who can go on without them; null: they cannot be read.</summary>
    public static AccountCredentials? TryOpen(SecretBox box, long accountId, string envelope)
    {
        try
        {
            return Open(box, accountId, envelope);
        }
        catch (Exception exception) when (exception is CryptographicException or JsonException)
        {
            return null;
        }
    }

    public override string ToString() => $"{Kind} credentials";

    private sealed record Plain(string Kind, IReadOnlyDictionary<string, string> Fields);
}
