namespace Gateway.Proxy.Platforms;

/// <summary>
/// Platforms say by their words, under statuses that mean something else, that an account is closed for good (AC-13): "Your access was terminated …" (429),
/// "This organization has been disabled." (400).
/// </summary>
internal static class DeadCredentials
{
    // Only how a sentence begins counts: messages repeat parts of the request further on, and a client must not be able to close an account.
    private static readonly string[] Subjects =
    [
        "this organization", "your organization", "the organization", "this account", "your account", "the openai account", "your openai account", "your access",
        "this api key", "your api key", "this key", "your key",
    ];

    private static readonly string[] Ends =
    [
        "been deactivated", "been terminated", "been disabled", "been suspended", "been revoked", "been deleted", "was deactivated", "was terminated", "was disabled",
        "was suspended", "was revoked", "is deactivated", "is disabled", "is suspended", "deactivated account", "reported as leaked",
    ];

    public static bool AreSaid(string message)
    {
        var sentence = message.AsSpan(0, Math.Min(message.Length, 300));
        var end = sentence.IndexOf('.');
        sentence = end < 0 ? sentence : sentence[..end];

        // What passes is not the end.
        return StartsWithAny(sentence, Subjects) && ContainsAny(sentence, Ends) && !sentence.Contains("temporarily", StringComparison.OrdinalIgnoreCase);
    }

    private static bool StartsWithAny(ReadOnlySpan<char> text, string[] words)
    {
        foreach (var word in words)
        {
            if (text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool ContainsAny(ReadOnlySpan<char> text, string[] words)
    {
        foreach (var word in words)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
