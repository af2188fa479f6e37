using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Infrastructure.Secrets;

/// <summary>AES-256-GCM as text: <c>nonce.ciphertext.tag</c> in base64url, bound to a context that is not stored.</summary>
internal static class AesGcmEnvelope
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public static string Seal(byte[] key, ReadOnlySpan<byte> plaintext, string context)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var ciphertext = new byte[plaintext.Length];
        var tag = new byte[TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plaintext, ciphertext, tag, Encoding.UTF8.GetBytes(context));
        return $"{Base64Url.EncodeToString(nonce)}.{Base64Url.EncodeToString(ciphertext)}.{Base64Url.EncodeToString(tag)}";
    }

    /// <exception cref="CryptographicException">The key, the context or a byte is not the one it was sealed with.</exception>
    public static byte[] Open(byte[] key, string envelope, string context)
    {
        var parts = envelope.Split('.');
        if (parts.Length != 3)
        {
            throw new CryptographicException("The envelope does not have three parts.");
        }

        try
        {
            var ciphertext = Base64Url.DecodeFromChars(parts[1]);
            var plaintext = new byte[ciphertext.Length];
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(Base64Url.DecodeFromChars(parts[0]), ciphertext, Base64Url.DecodeFromChars(parts[2]), plaintext, Encoding.UTF8.GetBytes(context));
            return plaintext;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new CryptographicException("The envelope is damaged.", exception);
        }
    }
}
