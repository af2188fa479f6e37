using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>A set of AWS credentials. Not a record: its text form must not print secrets.</summary>
internal sealed class AwsCredentials(string accessKeyId, string secretAccessKey, string? sessionToken)
{
    public string AccessKeyId { get; } = accessKeyId;

    public string SecretAccessKey { get; } = secretAccessKey;

    public string? SessionToken { get; } = sessionToken;

    public override string ToString() => "AWS credentials";
}

/// <summary>Signs requests with AWS Signature Version 4. Thread-safe.</summary>
/// <remarks>
/// Source: AWS IAM user guide, "Create a signed AWS API request", read 2026-11. The SDK's own signer encodes a path that holds <c>%3A</c> wrongly, without an
/// error. Signing keys are kept for their day: that saves four of five HMACs.
/// </remarks>
internal sealed class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const int MostKeys = 1000;

    private readonly ConcurrentDictionary<KeyScope, byte[]> _keys = new();

    /// <summary>Adds date, session token and signature to the headers. The address must not change any more.</summary>
    /// <param name="bodyHash">SHA-256 of the body as it is sent.</param>
    public void Sign(HttpRequestMessage request, AwsCredentials credentials, string region, string service, ReadOnlySpan<byte> bodyHash, DateTimeOffset now)
    {
        var uri = request.RequestUri!;
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = new KeyScope(stamp[..8], region, service, credentials.SecretAccessKey);
        request.Headers.Host = uri.Authority;
        request.Headers.TryAddWithoutValidation("x-amz-date", stamp);
        var headers = $"host:{uri.Authority}\nx-amz-date:{stamp}\n";
        var signed = "host;x-amz-date";
        if (credentials.SessionToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("x-amz-security-token", token);
            headers += $"x-amz-security-token:{token}\n";
            signed += ";x-amz-security-token";
        }

        // The path is as on the wire; every service but S3 encodes its segments once more.
        var path = string.Join('/', uri.AbsolutePath.Split('/').Select(Uri.EscapeDataString));
        var canonical = $"{request.Method}\n{path}\n{CanonicalQuery(uri)}\n{headers}\n{signed}\n{Convert.ToHexStringLower(bodyHash)}";
        var place = $"{scope.Day}/{region}/{service}/aws4_request";
        var toSign = $"{Algorithm}\n{stamp}\n{place}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Key(scope), Encoding.UTF8.GetBytes(toSign)));
        request.Headers.TryAddWithoutValidation("authorization", $"{Algorithm} Credential={credentials.AccessKeyId}/{place}, SignedHeaders={signed}, Signature={signature}");
    }

    private static string CanonicalQuery(Uri uri)
    {
        if (uri.Query.Length <= 1)
        {
            return "";
        }

        var pairs = uri.Query[1..].Split('&').Select(pair => pair.Contains('=', StringComparison.Ordinal) ? pair : pair + "=");
        return string.Join('&', pairs.Order(StringComparer.Ordinal));
    }

    private byte[] Key(in KeyScope scope)
    {
        if (_keys.TryGetValue(scope, out var known))
        {
            return known;
        }

        var key = Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("AWS4" + scope.Secret), scope.Day), scope.Region), scope.Service), "aws4_request");
        if (_keys.Count >= MostKeys)
        {
            _keys.Clear(); // Yesterday's, mostly.
        }

        _keys[scope] = key;
        return key;
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private readonly record struct KeyScope(string Day, string Region, string Service, string Secret);
}
