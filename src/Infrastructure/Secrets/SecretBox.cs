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
        var parts = envelope.Split('.', 3);
        if (parts.Length != 3 || parts[0] != Version)
        {
            throw new CryptographicException("This is not an envelope that this version can read.");
        }

        var key = ring.Find(parts[1]) ?? throw new CryptographicException($"The key ring has no key '{parts[1]}'.");
        return Encoding.UTF8.GetString(AesGcmEnvelope.Open(key.Material, parts[2], Context(place, key.Id)));
    }

    /// <summary>Whether the text is sealed with the newest key, so that rotation can leave it alone.</summary>
    public bool IsCurrent(string envelope) =>
        envelope.StartsWith($"{Version}.{ring.Current(SecretPurpose.Credentials).Id}.", StringComparison.Ordinal);

    private static string Context(string place, string keyId) => $"{place}|{keyId}";
}
