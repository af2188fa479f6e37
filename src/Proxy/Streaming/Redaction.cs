using System.Text;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Streaming;

/// <summary>Keeps an account's secrets out of what a platform says about them.</summary>
internal static class Redaction
{
    private const int ShortestSecret = 8;
    private const int MostMessageLength = 2000;

    /// <summary>Whether a text holds one of the secrets.</summary>
    public static bool IsNeeded(ReadOnlySpan<byte> text, AccountCredentials credentials)
    {
        foreach (var secret in credentials.Hidden)
        {
            if (secret.Length >= ShortestSecret && text.IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The message without the secrets, and not endless.</summary>
    public static string Apply(string message, AccountCredentials credentials)
    {
        foreach (var secret in credentials.Hidden)
        {
            if (secret.Length >= ShortestSecret)
            {
                message = message.Replace(secret, "[redacted]", StringComparison.Ordinal);
            }
        }

        return message.Length <= MostMessageLength ? message : message[..MostMessageLength];
    }
}
