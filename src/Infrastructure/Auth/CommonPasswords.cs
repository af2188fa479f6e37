using System.Reflection;

namespace Gateway.Infrastructure.Auth;

/// <summary>Passwords that are tried first: a common word, repeated or with the usual digits behind it, runs of the keyboard, and few different characters.</summary>
/// <remarks>NIST SP 800-63B, 5.1.1.2 (read 2026-11): compare with known, expected and repetitive passwords; demand no mixture of characters.</remarks>
internal static class CommonPasswords
{
    private const int FewCharacters = 4;

    private static readonly HashSet<string> Words = Read();
    private static readonly string[] Endings = ["!", "1", "1!", "12", "123", "123!", "1234", "1234!", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "01", "2024", "2025", "2026"];
    private static readonly string[] Runs = ["01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn", "1q2w3e4r5t6y7u8i9o0p"];

    public static bool Contains(string password)
    {
        var lower = password.ToLowerInvariant();
        if (lower.Distinct().Count() <= FewCharacters || Array.Exists(Runs, run => run.Contains(lower, StringComparison.Ordinal)))
        {
            return true;
        }

        // "Password1234!" and "adminadmin" are their words.
        return Words.Any(word => IsMadeOf(lower, word));
    }

    private static bool IsMadeOf(string password, string word)
    {
        var rest = password;
        while (rest.StartsWith(word, StringComparison.Ordinal))
        {
            rest = rest[word.Length..];
        }

        return rest.Length < password.Length && (rest.Length == 0 || Endings.Contains(rest));
    }

    private static HashSet<string> Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Gateway.src.Infrastructure.Auth.common-passwords.txt")!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }
}
