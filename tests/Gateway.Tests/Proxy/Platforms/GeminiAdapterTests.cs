using System.Text;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Platforms.Gemini;

namespace Gateway.Tests.Proxy.Platforms;

public sealed class GeminiAdapterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 6, 0, 0, TimeSpan.Zero); // 22:00 the day before in California.

    [Theory] // protocols 1.7 and 4.1
    [InlineData(400, "INVALID_ARGUMENT", "Bad", "", FailureKind.InvalidRequest, null)]
    [InlineData(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", """{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}""", FailureKind.AuthAccount, null)]
    [InlineData(400, "INVALID_ARGUMENT", "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).", "", FailureKind.ContextLength, null)]
    [InlineData(400, "FAILED_PRECONDITION", "User location is not supported for the API use.", "", FailureKind.AuthAccount, null)]
    [InlineData(400, "FAILED_PRECONDITION", "Please enable billing on project 1.", "", FailureKind.QuotaAccount, null)]
    [InlineData(403, "PERMISSION_DENIED", "Disabled", "", FailureKind.AuthAccount, null)]
    [InlineData(402, "RESOURCE_EXHAUSTED", "No balance", "", FailureKind.QuotaAccount, null)]
    [InlineData(404, "NOT_FOUND", "No model", "", FailureKind.ModelNotFound, null)]
    [InlineData(429, "RESOURCE_EXHAUSTED", "Quota", """{"violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},{"retryDelay":"34.4s"}""", FailureKind.RateLimit, 34.4)]
    [InlineData(429, "RESOURCE_EXHAUSTED", "Quota", """{"retryDelay":{"seconds":"2","nanos":500000000}}""", FailureKind.RateLimit, 2.5)]
    [InlineData(429, "RESOURCE_EXHAUSTED", "Quota", """{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},{"retryDelay":"5s"}""", FailureKind.QuotaAccount, 7200.0)]
    [InlineData(499, "CANCELLED", "Cancelled", "", FailureKind.Server, null)]
    [InlineData(500, "INTERNAL", "Internal", "", FailureKind.Server, null)]
    [InlineData(503, "UNAVAILABLE", "The model is overloaded.", "", FailureKind.Overloaded, null)]
    [InlineData(504, "DEADLINE_EXCEEDED", "Late", "", FailureKind.Timeout, null)]
    public void Refusals(int status, string name, string message, string details, int kind, double? retrySeconds)
    {
        foreach (var body in new[] { Body(), $"[{Body()}]" })
        {
            using var response = new HttpResponseMessage();

            var failure = new GeminiAdapter().ReadFailure(new UpstreamRefusal(status, response.Headers, Encoding.UTF8.GetBytes(body), Now));

            failure.Kind.ShouldBe((FailureKind)kind);
            failure.Message.ShouldBe(message);
            failure.RetryAfter.ShouldBe(retrySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        }

        string Body() => $$$"""{"error":{"code":{{{status}}},"message":"{{{message}}}","status":"{{{name}}}","details":[{{{details}}}]}}""";
    }
}
