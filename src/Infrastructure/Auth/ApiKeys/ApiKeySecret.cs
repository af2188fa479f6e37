using System.Buffers;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Infrastructure.Auth.ApiKeys;

/// <summary>The secret of an API key: <c>sk-</c>, 40 random characters, and a checksum that tells our keys from any other program's.</summary>
internal static class ApiKeySecret
{
    public const string Prefix = "sk-";

    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> Base62Characters = SearchValues.Create(Base62);

    private const int RandomLength = 40; // 238 bits
    private const int ChecksumLength = 6;
    private const int Length = 3 + RandomLength + ChecksumLength;

    public static string Generate()
    {
        var body = Prefix + RandomNumberGenerator.GetString(Base62, RandomLength);
        Span<char> checksum = stackalloc char[ChecksumLength];
        WriteChecksum(body, checksum);
        return string.Concat(body, checksum);
    }

    /// <summary>Whether a presented text can be one of our keys at all. Says nothing about whether the key exists.</summary>
    public static bool HasOurShape(ReadOnlySpan<char> presented)
    {
        if (presented.Length != Length || !presented.StartsWith(Prefix, StringComparison.Ordinal) || presented[Prefix.Length..].ContainsAnyExcept(Base62Characters))
        {
            return false;
        }

        Span<char> checksum = stackalloc char[ChecksumLength];
        WriteChecksum(presented[..^ChecksumLength], checksum);
        return presented[^ChecksumLength..].SequenceEqual(checksum);
    }

    /// <summary>What is stored and looked up. High entropy needs no slow hash; the pepper makes a stolen table useless by itself.</summary>
    /// <param name="secret">A key of our shape.</param>
    /// <param name="pepper">Key of purpose <c>api_key_hash</c> from the ring.</param>
    /// <param name="hash">32 bytes.</param>
    public static void Hash(ReadOnlySpan<char> secret, ReadOnlySpan<byte> pepper, Span<byte> hash)
    {
        Span<byte> ascii = stackalloc byte[Length];
        Encoding.ASCII.GetBytes(secret, ascii);
        HMACSHA256.HashData(pepper, ascii[..secret.Length], hash);
    }

    public static byte[] Hash(string secret, ReadOnlySpan<byte> pepper)
    {
        var hash = new byte[HMACSHA256.HashSizeInBytes];
        Hash(secret, pepper, hash);
        return hash;
    }

    /// <summary>What may be shown later: the first 8 and the last 4 characters.</summary>
    public static string Hint(string secret) => $"{secret[..8]}…{secret[^4..]}";

    private static void WriteChecksum(ReadOnlySpan<char> body, Span<char> checksum)
    {
        Span<byte> ascii = stackalloc byte[Length];
        Encoding.ASCII.GetBytes(body, ascii);
        var crc = Crc32.HashToUInt32(ascii[..body.Length]);
        for (var i = checksum.Length - 1; i >= 0; i--)
        {
            checksum[i] = Base62[(int)(crc % 62)];
            crc /= 62;
        }
    }
}
