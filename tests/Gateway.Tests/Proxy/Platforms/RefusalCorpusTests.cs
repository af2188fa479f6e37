using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Platforms.Azure;
using Gateway.Proxy.Platforms.Bedrock;
using Gateway.Proxy.Platforms.Claude;
using Gateway.Proxy.Platforms.ClaudeCcr;
using Gateway.Proxy.Platforms.Gemini;
using Gateway.Proxy.Platforms.OpenAi;
using Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Proxy.Platforms;

/// <summary>
/// What refusals of real platforms mean, and for how long. The samples stand in <c>refusals.json</c>; a body that is a text there is sent as it is. Their source is
/// the public report after which they are made, "documented" (by the platform), "recalled" (wording that no page confirmed) or "constructed".
/// </summary>
public sealed class RefusalCorpusTests
{
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero)); // 22:00 the day before in California.

    private static readonly Dictionary<string, Sample> Samples = Read();

    public static TheoryData<string> Names => [.. Samples.Keys];

    [Theory] // AC-08, AC-09, AC-11, AC-13; protocols 4.1 and 4.3
    [MemberData(nameof(Names))]
    public void AC_08_a_refusal_is_classed_and_timed_by_its_evidence(string name)
    {
        var sample = Samples[name];

        var failure = ReadFailure(sample.Platform, sample.Status, sample.Headers, Encoding.UTF8.GetBytes(sample.Body), sample.Model);

        failure.Kind.Name().ShouldBe(sample.Kind);
        failure.RetryAfter.HasValue.ShouldBe(sample.RetryAfterSeconds.HasValue, $"It is {failure.RetryAfter}.");
        (failure.RetryAfter?.TotalSeconds ?? 0).ShouldBe(sample.RetryAfterSeconds ?? 0, 0.001);
        failure.IsLongLimit.ShouldBe(sample.IsLongLimit);
        failure.IsWholeAccount.ShouldBe(sample.IsWholeAccount);
        failure.Message.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Every_platform_has_its_samples()
    {
        Samples.Count.ShouldBeGreaterThanOrEqualTo(70);
        foreach (var platform in PlatformNames.All)
        {
            Samples.Values.Count(sample => sample.Platform.Name() == platform).ShouldBeGreaterThanOrEqualTo(10, platform);
        }
    }

    [Fact]
    public void AC_13_a_page_or_silence_never_blames_credentials_or_balances()
    {
        string[] bodies = ["", " \n", "<html>", "\ufeff<!DOCTYPE html>", "Unauthorized", "\"\"", "null", "\0\0"];
        foreach (var platform in PlatformNames.All.Select(PlatformNames.Parse))
        {
            foreach (var body in bodies)
            {
                for (var status = 200; status < 600; status++)
                {
                    ReadFailure(platform, status, [], Encoding.UTF8.GetBytes(body)).Kind
                        .ShouldNotBeOneOf(FailureKind.AuthAccount, FailureKind.QuotaAccount);
                }
            }
        }
    }

    [Fact]
    public void A_body_that_was_cut_after_a_megabyte_is_read_by_its_status()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"error":{"type":"insufficient_quota","message":"try again in 5s {{new string('x', 1024 * 1024)}}""");
        foreach (var platform in PlatformNames.All.Select(PlatformNames.Parse))
        {
            ReadFailure(platform, 429, [], body).ShouldSatisfyAllConditions(
                failure => failure.Kind.ShouldBe(FailureKind.RateLimit),
                failure => failure.RetryAfter.ShouldBeNull());
            ReadFailure(platform, 401, [], body).Kind.ShouldBe(FailureKind.AuthAccount);
        }
    }

    [Fact]
    public void A_long_message_is_searched_for_its_time_once()
    {
        var announcements = string.Concat(Enumerable.Repeat("try again in ", 70_000));
        var body = JsonSerializer.SerializeToUtf8Bytes(new { error = new { type = "tokens", message = $"{announcements}9s" } });

        ReadFailure(Platform.OpenAi, 429, [], body).RetryAfter.ShouldBe(TimeSpan.FromSeconds(9));
    }

    [Theory] // Summer time begins and ends at night: such a day has 23 or 25 hours.
    [InlineData("2026-03-08T08:30:00Z", 22.5)]
    [InlineData("2026-11-01T07:30:00Z", 24.5)]
    [InlineData("2026-07-01T06:59:00Z", 1 / 60.0)]
    public void AC_09_a_quota_of_a_day_ends_at_midnight_in_California(string now, double hours)
    {
        using var response = new HttpResponseMessage();
        var body = """{"error":{"status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"RequestsPerDayPerModel"}]}]}}"""u8.ToArray();

        var failure = new GeminiAdapter().ReadFailure(new UpstreamRefusal(429, response.Headers, body, DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));

        failure.RetryAfter!.Value.TotalHours.ShouldBe(hours, 0.001);
    }

    private static Failure ReadFailure(Platform platform, int status, IEnumerable<string> headers, byte[] body, string model = "")
    {
        using var response = new HttpResponseMessage();
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            response.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].TrimStart());
        }

        return Adapter(platform).ReadFailure(new UpstreamRefusal(status, response.Headers, body, Clock.GetUtcNow()) { Model = model });
    }

    private static IPlatformAdapter Adapter(Platform platform) => platform switch
    {
        Platform.Claude => new ClaudeAdapter(),
        Platform.ClaudeCcr => new ClaudeCcrAdapter(null!), // It renews no token for a refusal that is nobody's.
        Platform.OpenAi => new OpenAiAdapter(),
        Platform.Azure => new AzureAdapter(new EntraTokens(new EntraOptions(new Uri("https://login.example"), "x/.default"), Clock, NullLoggerFactory.Instance)),
        Platform.Gemini => new GeminiAdapter(),
        _ => new BedrockAdapter(
            new AmbientCredentials(Clock, NullLogger<AmbientCredentials>.Instance, () => Task.FromException<AmbientCredentials.Found>(new InvalidOperationException())),
            new PlatformCatalogue(allowsAmbientCredentials: false),
            Clock),
    };

    private static Dictionary<string, Sample> Read()
    {
        var file = Path.Combine(Repository.Root, "tests", "Gateway.Tests", "Proxy", "Platforms", "refusals.json");
        return JsonElement.Parse(File.ReadAllBytes(file)).EnumerateArray().Select(Sample.Of).ToDictionary(sample => $"{sample.Platform.Name()}: {sample.Name}");
    }

    private sealed record Sample(Platform Platform, string Name, int Status, IReadOnlyList<string> Headers, string Body, string Model)
    {
        public required string Kind { get; init; }

        public double? RetryAfterSeconds { get; init; }

        public bool IsLongLimit { get; init; }

        public bool? IsWholeAccount { get; init; }

        public static Sample Of(JsonElement json)
        {
            json.GetProperty("source").GetString().ShouldNotBeNullOrEmpty();
            var body = json.GetProperty("body");
            var wait = json.GetProperty("retry_after");
            var reach = json.GetProperty("is_whole_account");
            return new Sample(
                PlatformNames.Parse(json.GetProperty("platform").GetString()!),
                json.GetProperty("name").GetString()!,
                json.GetProperty("status").GetInt32(),
                [.. json.GetProperty("headers").EnumerateArray().Select(header => header.GetString()!)],
                body.ValueKind == JsonValueKind.String ? body.GetString()! : body.GetRawText(),
                json.TryGetProperty("model", out var model) ? model.GetString()! : "")
            {
                Kind = json.GetProperty("expected_kind").GetString()!,
                RetryAfterSeconds = wait.ValueKind == JsonValueKind.Null ? null : wait.GetDouble(),
                IsLongLimit = json.GetProperty("is_long_limit").GetBoolean(),
                IsWholeAccount = reach.ValueKind == JsonValueKind.Null ? null : reach.GetBoolean(),
            };
        }
    }
}
