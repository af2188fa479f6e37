namespace Gateway.Proxy.Platforms;

/// <summary>Enough of a secret to tell two apart, too little to use: <c>sk-…abcd</c>.</summary>
internal static class SecretHint
{
    private const int LongSecret = 20;
    private const int ShortSecret = 10;

    public static string Of(string secret) =>
        secret.Length >= LongSecret ? $"{secret[..3]}…{secret[^4..]}"
        : secret.Length >= ShortSecret ? $"…{secret[^2..]}"
        : "…";
}
