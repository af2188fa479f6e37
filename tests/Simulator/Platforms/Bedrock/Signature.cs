using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Simulator.Platforms.Bedrock;

/// <summary>Who calls: a Bedrock API key as bearer, or a request signed with an access key. The signature is computed anew from what arrived.</summary>
/// <remarks>Source: AWS IAM user guide, Signature Version 4, and Amazon Bedrock API keys, read 2026-11.</remarks>
internal static partial class Signature
{
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    public static string? Credential(ReceivedRequest request) =>
        request.Header("authorization") is not { } value ? null
        : value.StartsWith("Bearer ", StringComparison.Ordinal) ? value["Bearer ".Length..]
        : Header().Match(value) is { Success: true } match ? match.Groups["id"].Value
        : null;

    public static ScriptedError? Check(ReceivedRequest request, DateTimeOffset now)
    {
        if (request.Header("authorization") is not { } value)
        {
            return BedrockErrors.Forbidden("MissingAuthenticationTokenException", "Missing Authentication Token");
        }

        if (value.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return value["Bearer ".Length..].StartsWith(CredentialPrefix.BedrockApiKey, StringComparison.Ordinal)
                ? null
                : BedrockErrors.Forbidden("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.");
        }

        var match = Header().Match(value);
        if (!match.Success)
        {
            return BedrockErrors.Forbidden("IncompleteSignatureException", "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters.");
        }

        if (!match.Groups["id"].Value.StartsWith(CredentialPrefix.Bedrock, StringComparison.Ordinal))
        {
            return BedrockErrors.Forbidden("UnrecognizedClientException", "The security token included in the request is invalid.");
        }

        if (match.Groups["service"].Value != "bedrock")
        {
            return Mismatch("Credential should be scoped to correct service: 'bedrock'.");
        }

        return Dates(request, match, now) ?? SignedHeaders(request, match) ?? Compare(request, match);
    }

    private static ScriptedError? Dates(ReceivedRequest request, Match match, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParseExact(request.Header("x-amz-date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return BedrockErrors.Forbidden("IncompleteSignatureException", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
        }

        if ((now - at).Duration() > MaxSkew)
        {
            return Mismatch($"Signature expired: {request.Header("x-amz-date")}");
        }

        return request.Header("x-amz-date")!.StartsWith(match.Groups["day"].Value, StringComparison.Ordinal) ? null : Mismatch("Date in Credential scope does not match.");
    }

    /// <summary>The host and every header of AWS' own must be signed, in order.</summary>
    private static ScriptedError? SignedHeaders(ReceivedRequest request, Match match)
    {
        var signed = match.Groups["headers"].Value.Split(';');
        var needed = request.Headers.Keys.Select(name => name.ToLowerInvariant())
            .Where(name => name == "host" || (name.StartsWith("x-amz-", StringComparison.Ordinal) && name != "x-amz-content-sha256"));
        return needed.Except(signed).FirstOrDefault() is { } missing ? Mismatch($"'{missing}' must be a 'SignedHeader' in the AWS Authorization.")
            : !signed.Order(StringComparer.Ordinal).SequenceEqual(signed) ? Mismatch("SignedHeaders must be sorted.")
            : null;
    }

    private static ScriptedError? Compare(ReceivedRequest request, Match match)
    {
        var target = request.Target.Split('?', 2);
        var canonical = new StringBuilder();
        canonical.Append(request.Method).Append('\n');
        canonical.Append(EncodePath(target[0])).Append('\n');
        canonical.Append(target.Length > 1 ? string.Join('&', target[1].Split('&').Order(StringComparer.Ordinal)) : "").Append('\n');
        foreach (var name in match.Groups["headers"].Value.Split(';'))
        {
            canonical.Append(name).Append(':').Append(request.Header(name)?.Trim()).Append('\n');
        }

        canonical.Append('\n').Append(match.Groups["headers"].Value).Append('\n').Append(Hex(SHA256.HashData(request.Body.Span)));

        var scope = $"{match.Groups["day"]}/{match.Groups["region"]}/{match.Groups["service"]}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{request.Header("x-amz-date")}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + CredentialPrefix.BedrockSecret(match.Groups["id"].Value));
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign))) == match.Groups["signature"].Value
            ? null
            : BedrockErrors.Forbidden(
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.");
    }

    /// <summary>Every byte but the unreserved ones and the slash: also the percent signs that stand there already.</summary>
    private static string EncodePath(string path)
    {
        var encoded = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(path))
        {
            if (char.IsAsciiLetterOrDigit((char)value) || (char)value is '/' or '-' or '.' or '_' or '~')
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return encoded.ToString();
    }

    private static ScriptedError Mismatch(string message) => BedrockErrors.Forbidden("InvalidSignatureException", message);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    [GeneratedRegex(
        @"^AWS4-HMAC-SHA256 Credential=(?<id>[^/]+)/(?<day>\d{8})/(?<region>[a-z0-9-]+)/(?<service>[a-z0-9-]+)/aws4_request, ?SignedHeaders=(?<headers>[a-z0-9;-]+), ?Signature=(?<signature>[0-9a-f]{64})$")]
    private static partial Regex Header();
}
