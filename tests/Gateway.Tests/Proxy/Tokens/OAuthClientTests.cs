using Gateway.Infrastructure.Http;
using Gateway.Proxy.Tokens;
using Gateway.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Time.Testing;
using Simulator;

namespace Gateway.Tests.Proxy.Tokens;

public sealed class OAuthClientTests(SharedSimulator simulator) : IDisposable
{
    private static readonly UpstreamOptions Loopback = new([System.Net.IPNetwork.Parse("127.0.0.0/8")], new HashSet<int> { 443 });

    private readonly SimulatedAccount _upstream = simulator.Server.NewAccount(CredentialPrefix.ClaudeOAuth);
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));
    private HttpMessageInvoker? _invoker;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DateTime Now => _clock.GetUtcNow().UtcDateTime;

    [Theory]
    [InlineData(false, "application/json")]
    [InlineData(true, "application/x-www-form-urlencoded")]
    public async Task A_refresh_is_sent_in_json_or_as_a_form(bool isForm, string contentType)
    {
        var answer = await RefreshAsync(isForm: isForm, clientId: "client & co");

        answer.Error.ShouldBeNull();
        answer.Tokens!.AccessToken.ShouldBe($"{_upstream.Credential}.1");
        answer.Tokens.RefreshToken.ShouldBe($"refresh-{_upstream.Credential}.1");
        answer.Tokens.ExpiresAtUtc.ShouldBe(Now.AddSeconds(28_800));
        var sent = _upstream.Requests.Single();
        sent.Header("content-type").ShouldBe(contentType);
        sent.Header("user-agent")!.ShouldStartWith("Gateway/");
        sent.Header("anthropic-beta").ShouldBe("oauth-2025-04-20");
        sent.Header("accept").ShouldBe("application/json");
        sent.Header("authorization").ShouldBeNull();
        var fields = isForm
            ? QueryHelpers.ParseQuery(sent.Text).ToDictionary(pair => pair.Key, pair => pair.Value.ToString())
            : sent.Json.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString()!);
        fields.ShouldBe(
            new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = $"refresh-{_upstream.Credential}", ["client_id"] = "client & co" },
            ignoreOrder: true);
    }

    [Fact]
    public async Task Without_a_client_id_none_is_sent()
    {
        (await RefreshAsync()).Error.ShouldBeNull();

        _upstream.Requests.Single().Text.ShouldNotContain("client_id");
    }

    [Theory]
    [InlineData("""{"access_token":"a","expires_in":60}""", 60)]
    [InlineData("""{"access_token":"a","expires_in":"60","token_type":"bearer"}""", 60)]
    [InlineData("""{"access_token":"a","expires_in":60.9}""", 60)]
    [InlineData("""{"access_token":"a"}""", 3600)]
    [InlineData("""{"access_token":"a","expires_in":-5}""", 3600)]
    [InlineData("""{"access_token":"a","expires_in":null,"refresh_token":""}""", 3600)]
    [InlineData("""{"access_token":"a","expires_in":1e300}""", 3650 * 86_400)]
    public async Task A_lifetime_may_be_missing_and_so_may_a_new_refresh_token(string body, int seconds)
    {
        _upstream.Enqueue(ScriptedAnswer.Verbatim(body).For(OAuthAccounts.TokenPath));

        var tokens = (await RefreshAsync()).Tokens!;

        tokens.AccessToken.ShouldBe("a");
        tokens.RefreshToken.ShouldBeNull();
        tokens.ExpiresAtUtc.ShouldBe(Now.AddSeconds(seconds));
        tokens.ToString().ShouldBe("tokens");
    }

    [Theory]
    [InlineData(200, "<html>", "malformed_answer", nameof(OAuthErrorKind.Temporary))]
    [InlineData(200, "[]", "malformed_answer", nameof(OAuthErrorKind.Temporary))]
    [InlineData(200, "{}", "malformed_answer", nameof(OAuthErrorKind.Temporary))]
    [InlineData(200, """{"access_token":"a b"}""", "malformed_answer", nameof(OAuthErrorKind.Temporary))]
    [InlineData(200, """{"access_token":"a\r\nx-admin: 1"}""", "malformed_answer", nameof(OAuthErrorKind.Temporary))]
    [InlineData(200, """{"access_token":"\ud800"}""", "malformed_answer", nameof(OAuthErrorKind.Temporary))]
    [InlineData(200, """{"access_token":"a","refresh_token":"é"}""", "malformed_answer", nameof(OAuthErrorKind.Temporary))]
    [InlineData(200, """{"access_token":"a","token_type":"mac"}""", "unsupported_token_type", nameof(OAuthErrorKind.Configuration))]
    [InlineData(400, """{"error":"invalid_grant","error_description":"secret"}""", "invalid_grant", nameof(OAuthErrorKind.InvalidGrant))]
    [InlineData(401, """{"error":"invalid_client"}""", "invalid_client", nameof(OAuthErrorKind.Configuration))]
    [InlineData(400, """{"error":"unauthorized_client"}""", "unauthorized_client", nameof(OAuthErrorKind.Configuration))]
    [InlineData(400, """{"error":"invalid_request"}""", "invalid_request", nameof(OAuthErrorKind.Temporary))]
    [InlineData(400, """{"error":{"type":"invalid_request_error"}}""", "invalid_request_error", nameof(OAuthErrorKind.Temporary))]
    [InlineData(400, """{"error":"Token SECRET was used"}""", "status_400", nameof(OAuthErrorKind.Temporary))]
    [InlineData(404, "not found", "status_404", nameof(OAuthErrorKind.Temporary))]
    [InlineData(429, """{"error":"invalid_grant"}""", "invalid_grant", nameof(OAuthErrorKind.Temporary))]
    [InlineData(500, """{"error":"invalid_grant"}""", "invalid_grant", nameof(OAuthErrorKind.Temporary))]
    [InlineData(503, "", "status_503", nameof(OAuthErrorKind.Temporary))]
    public async Task Of_a_refusal_only_its_code_is_kept(int status, string body, string code, string kind)
    {
        _upstream.Enqueue(ScriptedAnswer.Verbatim(body, status: status).For(OAuthAccounts.TokenPath));

        var answer = await RefreshAsync();

        answer.Tokens.ShouldBeNull();
        answer.Error!.Code.ShouldBe(code);
        answer.Error.Kind.ToString().ShouldBe(kind);
        answer.Error.ToString().ShouldNotContain("secret", Case.Insensitive);
    }

    [Fact]
    public async Task How_long_to_wait_is_the_providers_word()
    {
        _upstream.Enqueue(ScriptedAnswer.RateLimited(17).For(OAuthAccounts.TokenPath));

        (await RefreshAsync()).Error!.RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));
    }

    [Fact]
    public async Task An_endless_answer_is_given_up()
    {
        _upstream.Enqueue(ScriptedAnswer.HugeBody(2 * 1024 * 1024).For(OAuthAccounts.TokenPath));

        (await RefreshAsync()).Error!.Code.ShouldBe("answer_too_long");
    }

    [Fact]
    public async Task A_provider_that_hangs_is_given_up_after_half_a_minute()
    {
        var gate = new Gate();
        _upstream.Enqueue(new ScriptedAnswer { Path = OAuthAccounts.TokenPath }.HoldHeaders(gate));

        var asking = RefreshAsync();
        await gate.WaitUntilReachedAsync(Cancel);
        _clock.Advance(OAuthClient.Limit);

        (await asking).Error!.Code.ShouldBe("timeout");
    }

    [Fact]
    public async Task A_redirect_is_not_followed_since_nobody_checked_where_it_leads()
    {
        _upstream.Enqueue(ScriptedAnswer.Verbatim("{}", status: 307).WithHeader("location", "/elsewhere").For(OAuthAccounts.TokenPath));

        (await RefreshAsync()).Error!.Code.ShouldBe("status_307");

        _upstream.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("http://93.184.216.34/token")]
    [InlineData("http://169.254.169.254/token")]
    public async Task No_token_goes_out_in_the_clear_also_behind_a_proxy(string url)
    {
        var answer = await RefreshAsync(url: url);

        answer.Error!.ShouldBe(new OAuthError(OAuthErrorKind.Configuration, "forbidden_address"));
    }

    [Fact]
    public async Task Nobody_at_the_address_may_be_over_in_a_moment()
    {
        (await RefreshAsync(url: "http://127.0.0.1:1/token")).Error!.ShouldBe(new OAuthError(OAuthErrorKind.Temporary, "unreachable"));
    }

    public void Dispose() => _invoker?.Dispose();

    private Task<OAuthAnswer> RefreshAsync(bool isForm = false, string? clientId = null, string? url = null)
    {
        var policy = new UpstreamAddressPolicy(Loopback, _clock);
        _invoker = new HttpMessageInvoker(new UpstreamHandlers(policy).Create());
        var endpoint = new OAuthEndpoint(
            _invoker, new Uri(url ?? new Uri(simulator.Server.Url, OAuthAccounts.TokenPath).ToString()), clientId, isForm, new("anthropic-beta", "oauth-2025-04-20"));
        return new OAuthClient(policy, _clock).RefreshAsync(endpoint, _upstream.Tokens.RefreshToken, Cancel);
    }
}
