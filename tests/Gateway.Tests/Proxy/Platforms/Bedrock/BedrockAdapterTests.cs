using System.Text;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Platforms.Bedrock;
using Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Proxy.Platforms.Bedrock;

/// <summary>What refusals mean, and the credentials of the machine.</summary>
public sealed class BedrockAdapterTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory] // protocols 1.8 and 4.1
    [InlineData(400, "ValidationException:http://internal.amazon.com/coral/", """{"message":"Bad"}""", FailureKind.InvalidRequest, "Bad")]
    [InlineData(400, "ValidationException", """{"message":"The model returned the following errors: Input is too long for requested model."}""", FailureKind.ContextLength, null)]
    [InlineData(400, "ValidationException", """{"message":"The provided model identifier is invalid."}""", FailureKind.ModelNotFound, null)]
    [InlineData(400, "ValidationException", """{"message":"Invocation of model ID x with on-demand throughput isn't supported."}""", FailureKind.ModelNotFound, null)]
    [InlineData(403, "AccessDeniedException", """{"Message":"No access"}""", FailureKind.AuthAccount, "No access")]
    [InlineData(403, null, """{"__type":"com.amazon.coral.service#UnrecognizedClientException","message":"Who?"}""", FailureKind.AuthAccount, "Who?")]
    [InlineData(403, "ExpiredTokenException", "{}", FailureKind.AuthAccount, null)]
    [InlineData(403, "InvalidSignatureException", "", FailureKind.AuthAccount, null)]
    [InlineData(404, "ResourceNotFoundException", "{}", FailureKind.ModelNotFound, null)]
    [InlineData(408, "ModelTimeoutException", "{}", FailureKind.Timeout, null)]
    [InlineData(424, "ModelErrorException", """{"message":"x","originalStatusCode":400}""", FailureKind.Server, "x")]
    [InlineData(429, "ThrottlingException", """{"message":"Too many tokens, please wait before trying again."}""", FailureKind.RateLimit, null)]
    [InlineData(429, "ThrottlingException", """{"message":"Too many tokens per day, please wait before trying again."}""", FailureKind.QuotaAccount, null)]
    [InlineData(429, "ModelNotReadyException", "{}", FailureKind.Overloaded, null)]
    [InlineData(400, "ServiceQuotaExceededException", "{}", FailureKind.QuotaAccount, null)]
    [InlineData(500, "InternalServerException", "{}", FailureKind.Server, null)]
    [InlineData(503, "ServiceUnavailableException", "{}", FailureKind.Overloaded, null)]
    [InlineData(529, null, "<html>", FailureKind.Overloaded, null)]
    [InlineData(413, null, "null", FailureKind.TooLarge, null)]
    [InlineData(302, null, "[1]", FailureKind.Server, null)]
    [InlineData(418, "NewException", """{"message":7}""", FailureKind.InvalidRequest, null)]
    public void Bug_80_refusals(int status, string? type, string body, int kind, string? message)
    {
        var failure = Read(Adapter(), status, type, body);

        failure.Kind.ShouldBe((FailureKind)kind);
        failure.IsRepairable.ShouldBeFalse();
        if (message is not null)
        {
            failure.Message.ShouldBe(message);
        }
    }

    [Fact]
    public void What_can_be_learnt_is_learnt_for_a_day()
    {
        const string Said = """{"message":"The model returned the following errors: future_field: Extra inputs are not permitted"}""";
        var adapter = Adapter();

        Read(adapter, 400, "ValidationException", Said).IsRepairable.ShouldBeTrue();

        // Of another request, which was under way already.
        Read(adapter, 400, "ValidationException", Said).IsRepairable.ShouldBeTrue();
        Read(adapter, 400, "ValidationException", Said, "another model").IsRepairable.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        Read(adapter, 400, "ValidationException", Said).IsRepairable.ShouldBeTrue();
    }

    [Theory]
    [InlineData("output_config.effort: Extra inputs are not permitted", "output_config/effort")]
    [InlineData("tools.0.custom.defer_loading: Extra inputs are not permitted", "tools/*/defer_loading")]
    [InlineData("tools.12.defer_loading: Extra inputs are not permitted", "tools/*/defer_loading")]
    [InlineData("messages.27.content.0.text.citations: Extra inputs are not permitted", "messages/*/content/*/citations")]
    [InlineData("messages.1.content.0.tool_result.content.0.text.cache_control: Extra inputs are not permitted", "messages/*/content/*/content/*/cache_control")]
    [InlineData("a: Extra inputs are not permitted\nb: Extra inputs are not permitted", "a b")]
    [InlineData("messages: Extra inputs are not permitted", "")]
    [InlineData("tools.0: Extra inputs are not permitted", "")]
    [InlineData("Extra inputs are not permitted", "")]
    public void Paths_of_members_are_those_of_any_item(string message, string paths)
    {
        var learned = new LearnedFields(_clock);

        learned.Learn("m", message).ShouldBe(paths.Length > 0);

        string.Join(' ', learned.Of("m").Select(path => string.Join('/', path))).ShouldBe(paths);
    }

    [Fact]
    public void What_is_learnt_is_bounded()
    {
        var learned = new LearnedFields(_clock);
        for (var i = 0; i < 200; i++)
        {
            learned.Learn("m", $"field{i}: Extra inputs are not permitted");
        }

        learned.Learn("m", "field199: Extra inputs are not permitted").ShouldBeTrue();

        learned.Of("m").Select(path => path[0]).ShouldBe(Enumerable.Range(150, 50).Select(i => $"field{i}"));
    }

    [Fact]
    public async Task Machine_credentials_are_found_once_and_renewed_before_they_end_without_a_wait()
    {
        var found = 0;
        var gate = new TaskCompletionSource();
        var ambient = Ambient(async () =>
        {
            if (++found > 1)
            {
                await gate.Task;
            }

            return Found($"key{found}", TimeSpan.FromHours(1));
        });

        (await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await ambient.GetAsync(Cancel)))).ShouldAllBe(keys => keys!.AccessKeyId == "key1");
        _clock.Advance(TimeSpan.FromMinutes(51));
        (await ambient.GetAsync(Cancel))!.AccessKeyId.ShouldBe("key1"); // Those at hand serve while others are fetched.
        gate.SetResult();
        await Gateway.Tests.Support.Eventually.HoldsAsync(async () => (await ambient.GetAsync(Cancel))!.AccessKeyId == "key2");
        found.ShouldBe(2);
    }

    [Fact]
    public async Task Machine_credentials_that_have_ended_are_not_used()
    {
        var fails = false;
        var ambient = Ambient(() => fails ? Task.FromException<AmbientCredentials.Found>(new InvalidOperationException("no role")) : Task.FromResult(Found("key", TimeSpan.FromHours(1))));
        (await ambient.GetAsync(Cancel)).ShouldNotBeNull();

        fails = true;
        _clock.Advance(TimeSpan.FromHours(1));
        (await ambient.GetAsync(Cancel)).ShouldBeNull();
        (await ambient.GetAsync(Cancel)).ShouldBeNull(); // The chain is not asked at every request.

        fails = false;
        _clock.Advance(TimeSpan.FromSeconds(11));
        (await ambient.GetAsync(Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_search_for_machine_credentials_that_does_not_end_keeps_nobody_waiting()
    {
        var ambient = Ambient(() => new TaskCompletionSource<AmbientCredentials.Found>().Task);
        var waiting = ambient.GetAsync(Cancel).AsTask();
        await Eventually.HoldsAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(31)); // The search may not have begun to wait yet.
            return Task.FromResult(waiting.IsCompleted);
        });

        (await waiting).ShouldBeNull();
    }

    private AmbientCredentials.Found Found(string id, TimeSpan lifetime) => new(new AwsCredentials(id, "secret", null), _clock.GetUtcNow() + lifetime);

    private AmbientCredentials Ambient(Func<Task<AmbientCredentials.Found>> find) => new(_clock, NullLogger<AmbientCredentials>.Instance, find);

    private BedrockAdapter Adapter() => new(Ambient(() => Task.FromException<AmbientCredentials.Found>(new InvalidOperationException())), new PlatformCatalogue(allowsAmbientCredentials: false), _clock);

    private Failure Read(BedrockAdapter adapter, int status, string? type, string body, string model = "model")
    {
        using var response = new HttpResponseMessage();
        if (type is not null)
        {
            response.Headers.TryAddWithoutValidation("x-amzn-ErrorType", type);
        }

        return adapter.ReadFailure(new UpstreamRefusal(status, response.Headers, Encoding.UTF8.GetBytes(body), _clock.GetUtcNow()) { Model = model });
    }
}
