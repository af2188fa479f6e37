using System.Security.Cryptography;
using System.Text;

namespace Gateway.Proxy.Neutral;

/// <summary>Ids that the gateway makes. The same input gives the same id, so that prompts stay the same and caches hit.</summary>
internal static class NeutralId
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Letters and digits of a hash.</summary>
    /// <param name="length">At most 32.</param>
    public static string Hash(string input, int length)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(input), hash);
        return string.Create(length, hash.ToArray(), static (text, bytes) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = Alphabet[bytes[i] % Alphabet.Length];
            }
        });
    }

    /// <summary>An id for a call whose client or platform gave it none.</summary>
    public static string OfCall(int turn, int part, string name, string arguments) => "call_" + Hash($"{turn}\n{part}\n{name}\n{arguments}", 24);

    /// <summary>The id as a platform takes it: unchanged where it can be, else hashed, alike for the call and its result.</summary>
    /// <param name="prefix">The platform's own, with its underscore.</param>
    public static string Fit(string id, string prefix, int mostLength, Func<char, bool> isAllowed) =>
        id.Length > 0 && id.Length <= mostLength && id.All(isAllowed) ? id : prefix + Hash(id, 24);

    /// <summary>Claude's rule, the narrowest: letters, digits, underscore and hyphen.</summary>
    public static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}
