using System.Security.Cryptography;

namespace Gateway.Infrastructure.Secrets;

/// <summary>Wraps the ring's keys with a key that lies outside the database, when one is configured.</summary>
internal sealed class MasterKey
{
    /// <summary>Why to have one when the key ring is in the database.</summary>
    public const string Advice = "Set Gateway:MasterKeyFile: without it, whoever reads the database reads every stored credential.";

    private const string Prefix = "mk1.";
    private readonly byte[]? _key;

    private MasterKey(byte[]? key) => _key = key;

    /// <param name="path">File with 32 bytes in base64; null or empty: nothing is wrapped.</param>
    /// <exception cref="StartupException">The file is missing or has another form.</exception>
    public static MasterKey Read(string? path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            return new MasterKey(null);
        }

        if (!File.Exists(path))
        {
            throw new StartupException($"Gateway:MasterKeyFile: '{path}' does not exist. Make one with: openssl rand -base64 32 > FILE");
        }

        var buffer = new byte[64];
        var isBase64 = Convert.TryFromBase64String(File.ReadAllText(path).Trim(), buffer, out var length);
        return isBase64 && length == 32
            ? new MasterKey(buffer[..32])
            : throw new StartupException($"Gateway:MasterKeyFile: '{path}' must hold exactly 32 bytes in base64. Make one with: openssl rand -base64 32 > FILE");
    }

    public bool IsConfigured => _key is not null;

    public string Wrap(string id, byte[] material) =>
        _key is null ? Convert.ToBase64String(material) : Prefix + AesGcmEnvelope.Seal(_key, material, id);

    /// <exception cref="StartupException">The key was wrapped with another master key, or with one while none is configured.</exception>
    public byte[] Unwrap(string id, string stored)
    {
        if (!stored.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return Convert.FromBase64String(stored);
        }

        if (_key is null)
        {
            throw new StartupException("The key ring is wrapped by a master key: set Gateway:MasterKeyFile to the file that was used before.");
        }

        try
        {
            return AesGcmEnvelope.Open(_key, stored[Prefix.Length..], id);
        }
        catch (CryptographicException)
        {
            throw new StartupException("Gateway:MasterKeyFile holds another key than the one that wraps the key ring. Nothing was changed.");
        }
    }
}
