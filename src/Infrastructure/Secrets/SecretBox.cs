using System.Security.Cryptography;
using System.Text;

namespace Gateway.Infrastructure.Secrets;

/// <summary>Encrypts what the database must not show: <c>v1.&lt;key id&gt;.&lt;nonce&gt;.&lt;ciphertext&gt;.&lt;tag&gt;</c>.</summary>
/// <remarks>The place (table, row, column) is authenticated, so that a ciphertext moved to another row does not open.</remarks>
internal sealed class SecretBox(SecretRing ring)
{
    private const string Version = "v1";

    public string Seal(string plaintext, string place)
    {
        var key = ring.Current(SecretPurpose.Credentials);
        return $"{Version}.{key.Id}.{AesGcmEnvelope.Seal(key.Material, Encoding.UTF8.GetBytes(plaintext), Context(place, key.Id))}";
    }

    /// <exception cref="CryptographicException">The key is not in the ring, or the text was changed or moved.</exception>
    public string Open(string envelope, string place)
    {
        var id = KeyIdOf(envelope) ?? throw new CryptographicException("This is not an envelope that this version can read.");
        var key = ring.Find(id) ?? throw new CryptographicException($"The key ring has no key '{id}'.");
        return Open(envelope, place, key);
    }

    /// <exception cref="CryptographicException">It was sealed with another key, or the text was changed or moved.</exception>
    public static string Open(string envelope, string place, RingKey key) =>
        Encoding.UTF8.GetString(AesGcmEnvelope.Open(key.Material, envelope.Split('.', 3)[^1], Context(place, key.Id)));

    /// <summary>Which key a text is sealed with; null: it is no envelope of this version.</summary>
    public static string? KeyIdOf(string envelope) => envelope.Split('.', 3) is [Version, var id, _] ? id : null;

    /// <summary>Whether the text is sealed with the newest key, so that rotation can leave it alone.</summary>
    public bool IsCurrent(string envelope) =>
        envelope.StartsWith($"{Version}.{ring.Current(SecretPurpose.Credentials).Id}.", StringComparison.Ordinal);

    private static string Context(string place, string keyId) => $"{place}|{keyId}";
}
