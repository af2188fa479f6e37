using System.Text;
using Gateway.Proxy.Neutral;
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

    /// <summary>
    /// A platform's failure as the client may read it. What is wrong with our account is the operator's business, and its text names organizations and
    /// balances: the client learns only that it was not its own doing.
    /// </summary>
    public static Failure ForClient(Failure said, AccountCredentials credentials)
    {
        var evidence = Apply(said.Message, credentials);
        var ownWords = said.Kind switch
        {
            FailureKind.AuthAccount => "The gateway's account at the platform was refused. Its operator must look after it.",
            FailureKind.ModelNotFound => "The platform does not have this model, or not for the gateway's account.",
            FailureKind.QuotaAccount => "The gateway's accounts at the platform have no quota left.",
            FailureKind.RateLimit => "The platform limits the gateway's accounts at the moment. Try again later.",
            _ => null,
        };
        return ownWords is null
            ? said with { Message = evidence }
            : said with { Message = ownWords, Field = null, Evidence = evidence };
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
