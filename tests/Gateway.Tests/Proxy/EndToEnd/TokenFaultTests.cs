using System.Net;
using Gateway.Tests.Support;
using MySqlConnector;
using Simulator;
using StackExchange.Redis;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Refresh tokens that are good once, with several instances, and with databases that go away.</summary>
public sealed class TokenFaultTests(SharedSimulator simulator) : IAsyncLifetime
{
    private static readonly ScriptedAnswer Token = new() { Path = OAuthAccounts.TokenPath };

    private TestStorage _store = null!;
    private TcpRelay _mySql = null!;
    private TcpRelay _redis = null!;
    private GatewayServer _first = null!;
    private HttpClient _admin = null!;
    private Tenant _tenant = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Credential => _tenant.Upstream.Credential;

    public async ValueTask InitializeAsync()
    {
        _store = TestStorage.Create();
        var mySql = new MySqlConnectionStringBuilder(_store.MySql);
        _mySql = new TcpRelay(mySql.Server, (int)mySql.Port);
        _mySql.Open();
        mySql.Port = (uint)_mySql.Port;
        var redis = ConfigurationOptions.Parse(_store.Redis);
        var server = (IPEndPoint)redis.EndPoints[0];
        _redis = new TcpRelay(server.Address.ToString(), server.Port);
        _redis.Open();
        redis.EndPoints[0] = new IPEndPoint(IPAddress.Loopback, _redis.Port);
        _first = await GatewayServer.StartAsync(
            StorageKind.Servers,
            new Dictionary<string, string> { ["ConnectionStrings:MySql"] = mySql.ToString(), ["ConnectionStrings:Redis"] = redis.ToString(includePassword: true) },
            store: _store);
        _admin = await _first.CreateAdminClientAsync();
        _tenant = await Tenant.ClaudeCcrAsync(_admin, simulator.Server);
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _first.DisposeAsync();
        await _mySql.DisposeAsync();
        await _redis.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task F26_two_instances_renew_a_token_once_and_both_use_the_new_one()
    {
        await using var second = await GatewayServer.StartAsync(StorageKind.Servers, store: _store);
        _tenant.Upstream.Tokens.EndAccess();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _tenant.AskAsync(i % 2 == 0 ? _first : second)));
        var afterwards = await Task.WhenAll(_tenant.AskAsync(_first), _tenant.AskAsync(second));

        statuses.Concat(afterwards).ShouldAllBe(status => status == HttpStatusCode.OK);
        _tenant.TokenCalls().Count.ShouldBe(1);
        _tenant.Bearers().TakeLast(2).ShouldBe([$"{Credential}.1", $"{Credential}.1"]);
        (await _tenant.StatusAsync(_admin)).ShouldBe("active");
    }

    [Fact]
    public async Task F27_new_tokens_that_the_database_did_not_get_before_the_process_was_killed_are_found_again()
    {
        await _tenant.SetTokensAsync(_admin, -10);
        var gate = new Gate();
        _tenant.Upstream.Enqueue(Token.HoldHeaders(gate));
        var asked = _tenant.AskAsync(_first);
        await gate.WaitUntilReachedAsync(Cancel);
        _mySql.Hold();
        gate.Open();

        // The request goes on with the new token, which is on disk only.
        (await asked).ShouldBe(HttpStatusCode.OK);
        var file = Path.Combine(_first.DataDirectory, "tokens", $"{_tenant.AccountId}.json");
        (await File.ReadAllTextAsync(file, Cancel)).ShouldNotContain(Credential);
        (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)).ShouldBe(UnixFileMode.None);
        await _first.SignalAsync("KILL");
        await _first.WaitForExitAsync();
        await _mySql.CloseAsync();
        await using var second = await GatewayServer.StartAsync(StorageKind.Servers, dataDirectory: _first.DataDirectory, store: _store);

        (await _tenant.AskAsync(second)).ShouldBe(HttpStatusCode.OK);
        File.Exists(file).ShouldBeFalse();
        using var admin = await second.CreateAdminClientAsync();
        await admin.PostDataAsync($"/api/admin/accounts/{_tenant.AccountId}/refresh-token", new { });
        _tenant.Upstream.Refusals.ShouldBeEmpty();
        _tenant.Upstream.Tokens.Issued.ShouldBe(2);
    }

    [Fact]
    public async Task F27_while_the_database_is_away_the_new_tokens_serve_and_it_gets_them_when_it_is_back()
    {
        await _tenant.SetTokensAsync(_admin, -10);
        var gate = new Gate();
        _tenant.Upstream.Enqueue(Token.HoldHeaders(gate));
        var asked = _tenant.AskAsync(_first);
        await gate.WaitUntilReachedAsync(Cancel);
        await _mySql.CloseAsync();
        gate.Open();

        (await asked).ShouldBe(HttpStatusCode.OK);
        (await _tenant.AskAsync(_first)).ShouldBe(HttpStatusCode.OK);
        _mySql.Open();

        await Eventually.HoldsAsync(() => !File.Exists(Path.Combine(_first.DataDirectory, "tokens", $"{_tenant.AccountId}.json")));
        (await _tenant.AccountAsync(_admin)).GetProperty("token_expires_at").GetDateTime().ShouldBeGreaterThan(DateTime.UtcNow.AddHours(7));
        _tenant.TokenCalls().Count.ShouldBe(1);
        _tenant.Bearers().ShouldBe([$"{Credential}.1", $"{Credential}.1"]);
    }

    [Fact]
    public async Task F28_AC_36_a_refusal_after_another_instances_success_is_no_error()
    {
        await using var second = await GatewayServer.StartAsync(StorageKind.Servers, store: _store);
        var (gate, slow) = await RenewOnFirstAndLoseTheLockAsync();
        var fast = _tenant.AskAsync(second);
        await Eventually.HoldsAsync(() => _tenant.Upstream.Refusals.Count(request => request.Path == OAuthAccounts.TokenPath) == 1);

        gate.Open();

        (await slow).ShouldBe(HttpStatusCode.OK);
        (await fast).ShouldBe(HttpStatusCode.OK);
        _tenant.TokenCalls().Count.ShouldBe(2);
        (await _tenant.StatusAsync(_admin)).ShouldBe("active");
        _tenant.Bearers().TakeLast(2).ShouldBe([$"{Credential}.1", $"{Credential}.1"]);
    }

    [Fact]
    public async Task F28_an_answer_that_comes_after_the_account_was_given_up_is_stored_and_takes_the_mark_away()
    {
        await using var second = await GatewayServer.StartAsync(StorageKind.Servers, store: _store);
        var (gate, slow) = await RenewOnFirstAndLoseTheLockAsync();

        (await _tenant.AskAsync(second)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await _tenant.StatusAsync(_admin)).ShouldBe("needs_login");
        gate.Open();

        (await slow).ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await _tenant.StatusAsync(_admin) == "active");
        await Eventually.HoldsAsync(async () => await _tenant.AskAsync(second) == HttpStatusCode.OK);
        _tenant.Bearers()[^1].ShouldBe($"{Credential}.1");
    }

    [Fact]
    public async Task F28_credentials_that_an_operator_wrote_meanwhile_stand()
    {
        _tenant.Upstream.Tokens.EndAccess();
        var gate = new Gate();
        _tenant.Upstream.Enqueue(Token.HoldHeaders(gate));
        var asked = _tenant.AskAsync(_first);
        await gate.WaitUntilReachedAsync(Cancel);
        var other = simulator.Server.NewAccount(CredentialPrefix.ClaudeOAuth);
        await _admin.PutDataAsync($"/api/admin/accounts/{_tenant.AccountId}", new
        {
            credentials = new { access_token = other.Credential, refresh_token = other.Tokens.RefreshToken, expires_at = "2099-01-01T00:00:00Z" },
        });

        gate.Open();

        (await asked).ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await _tenant.AskAsync(_first) == HttpStatusCode.OK && other.Requests.Count > 0);
        (await _tenant.AccountAsync(_admin)).GetProperty("token_expires_at").GetDateTime().Year.ShouldBe(2099);
        await _admin.PostDataAsync($"/api/admin/accounts/{_tenant.AccountId}/refresh-token", new { });
        other.Tokens.Issued.ShouldBe(1);
    }

    [Fact]
    public async Task Without_Redis_a_token_is_renewed_all_the_same()
    {
        _tenant.Upstream.Tokens.EndAccess();
        await _redis.CloseAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _tenant.AskAsync(_first)));

        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
        _tenant.TokenCalls().Count.ShouldBe(1);
        _first.Output.ShouldContain("without a lock");
    }

    /// <summary>The provider has answered the first instance, but the answer has not arrived; meanwhile its lock is gone.</summary>
    private async Task<(Gate Gate, Task<HttpStatusCode> Asked)> RenewOnFirstAndLoseTheLockAsync()
    {
        _tenant.Upstream.Tokens.EndAccess();
        var gate = new Gate();
        _tenant.Upstream.Enqueue(Token.HoldHeaders(gate));
        var asked = _tenant.AskAsync(_first);
        await gate.WaitUntilReachedAsync(Cancel);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(_store.Redis);
        (await redis.GetDatabase().KeyDeleteAsync($"gw:{{a{_tenant.AccountId}}}:token:lock")).ShouldBeTrue("the first instance holds the lock");
        return (gate, asked);
    }
}
