using System.Security.Cryptography;
using Gateway.Proxy.Platforms.Bedrock;

namespace Gateway.Tests.Proxy.Platforms.Bedrock;

/// <summary>Signatures against those that AWS publishes, and against those of other programs for addresses that are hard to sign.</summary>
public sealed class SigV4Tests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static readonly DateTimeOffset At = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    [Fact] // AWS' test suite for Signature Version 4: get-vanilla
    public void The_published_vector()
    {
        var authorization = Sign(HttpMethod.Get, "https://example.amazonaws.com/", "service", null, out _);

        authorization.ShouldBe(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
            + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    }

    [Fact] // AWS' test suite for Signature Version 4: get-vanilla-query-order-key-case
    public void Queries_are_signed_in_order()
    {
        var authorization = Sign(HttpMethod.Get, "https://example.amazonaws.com/?Param2=value2&Param1=value1", "service", null, out _);

        authorization.ShouldEndWith("Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
    }

    [Theory] // Bug_69; made with botocore's rule: a path that is encoded once on the wire is encoded once more to be signed
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0", "us.anthropic.claude-sonnet-4-5-20250929-v1%253A0")]
    [InlineData("arn:aws:bedrock:us-east-1:1:inference-profile/x", "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx", "arn%253Aaws%253Abedrock%253Aus-east-1%253A1%253Ainference-profile%252Fx")]
    public void Bug_69_a_model_with_colons_and_slashes_is_sent_encoded_once_and_signed_encoded_twice(string model, string sent, string signed)
    {
        var address = Gateway.Proxy.Platforms.UpstreamUrl.Bedrock("https://bedrock-runtime.us-east-1.amazonaws.com", model, "converse-stream");

        var authorization = Sign(HttpMethod.Post, address, "bedrock", null, out var uri);

        uri.AbsolutePath.ShouldBe($"/model/{sent}/converse-stream");
        authorization.ShouldEndWith($"Signature={Expected($"/model/{signed}/converse-stream", uri.Authority, "")}");
    }

    [Theory]
    [InlineData("http://127.0.0.1:8443/model/a/converse", "127.0.0.1:8443")]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com:443/model/a/converse", "bedrock-runtime.us-east-1.amazonaws.com")]
    public void The_signed_host_is_the_sent_host_and_the_session_token_is_signed(string address, string host)
    {
        var authorization = Sign(HttpMethod.Post, address, "bedrock", "token", out _);

        authorization.ShouldContain("SignedHeaders=host;x-amz-date;x-amz-security-token, ");
        authorization.ShouldEndWith($"Signature={Expected("/model/a/converse", host, "token")}");
    }

    [Fact]
    public void A_key_is_kept_for_its_day_region_and_secret_only()
    {
        var signer = new SigV4();
        var seen = new HashSet<string>();
        foreach (var (region, secret, at) in new[] { ("us-east-1", Secret, At), ("eu-west-1", Secret, At), ("us-east-1", "other", At), ("us-east-1", Secret, At.AddDays(1)) })
        {
            foreach (var _ in Enumerable.Range(0, 2))
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "https://h/");
                signer.Sign(request, new AwsCredentials("AKIDEXAMPLE", secret, null), region, "bedrock", SHA256.HashData([]), at);
                seen.Add(request.Headers.GetValues("authorization").Single());
            }
        }

        seen.Count.ShouldBe(4);
    }

    private static string Sign(HttpMethod method, string address, string service, string? token, out Uri uri)
    {
        using var request = new HttpRequestMessage(method, new Uri(address));
        new SigV4().Sign(request, new AwsCredentials("AKIDEXAMPLE", Secret, token), "us-east-1", service, SHA256.HashData([]), At);
        uri = request.RequestUri!;
        return request.Headers.GetValues("authorization").Single();
    }

    /// <summary>The rule written out once more, with the canonical path given.</summary>
    private static string Expected(string canonicalPath, string host, string token)
    {
        var headers = $"host:{host}\nx-amz-date:20150830T123600Z\n" + (token.Length > 0 ? $"x-amz-security-token:{token}\n" : "");
        var names = "host;x-amz-date" + (token.Length > 0 ? ";x-amz-security-token" : "");
        var canonical = $"POST\n{canonicalPath}\n\n{headers}\n{names}\n{Hash("")}";
        var key = Encoding("AWS4" + Secret);
        foreach (var part in new[] { "20150830", "us-east-1", "bedrock", "aws4_request" })
        {
            key = HMACSHA256.HashData(key, Encoding(part));
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding($"AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/bedrock/aws4_request\n{Hash(canonical)}")));

        static byte[] Encoding(string text) => System.Text.Encoding.UTF8.GetBytes(text);
        static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding(text)));
    }
}
