using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Requests of one conversation go to one account, whose prompt cache knows it.</summary>
public sealed class SessionTests(GatewayOfEach gateways, SharedSimulator simulator) : IClassFixture<GatewayOfEach>
{
    private const string Model = "claude-sonnet-4-5";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task AC_37_each_session_stays_with_its_account_and_sessions_are_shared_out(StorageKind storage)
    {
        var (tenant, client, _) = await ThreeAccountsAsync(storage);
        var homes = new Dictionary<string, HashSet<long>>();
        for (var round = 0; round < 5; round++)
        {
            for (var session = 0; session < 6; session++)
            {
                homes.TryAdd($"s{session}", []);
                homes[$"s{session}"].Add(await ServedByAsync(tenant, client, $"s{session}"));
            }
        }

        homes.Values.ShouldAllBe(accounts => accounts.Count == 1);
        homes.Values.GroupBy(accounts => accounts.Single()).Select(group => group.Count()).ShouldBe([2, 2, 2]);
    }

    [Fact]
    public async Task AC_37_the_request_log_says_that_the_session_decided_and_how_it_was_recognised()
    {
        var (tenant, client, _) = await ThreeAccountsAsync(StorageKind.Embedded);
        var first = await AskAsync(client, "mine");
        var second = await AskAsync(client, "mine");

        var (began, went) = (await TraceAsync(tenant, first), await TraceAsync(tenant, second));

        began.GetProperty("session").TryGetProperty("account_id", out _).ShouldBeFalse();
        began.GetProperty("attempts")[0].GetProperty("chosen_by").GetString().ShouldBe("load");
        went.GetProperty("session").GetProperty("source").GetString().ShouldBe("session_header");
        went.GetProperty("session").GetProperty("id").GetString().ShouldBe(began.GetProperty("session").GetProperty("id").GetString());
        went.GetProperty("session").GetProperty("account_id").GetInt64().ShouldBe(began.GetProperty("attempts")[0].GetProperty("account_id").GetInt64());
        went.GetProperty("attempts")[0].GetProperty("chosen_by").GetString().ShouldBe("session");
    }

    [Fact]
    public async Task AC_12_a_session_whose_account_is_refused_moves_and_stays_where_it_went()
    {
        var (tenant, client, upstreams) = await ThreeAccountsAsync(StorageKind.Embedded);
        var home = await ServedByAsync(tenant, client, "mine");
        upstreams[home].Enqueue(ScriptedAnswer.Error(401, "authentication_error", "invalid x-api-key"));

        var next = await ServedByAsync(tenant, client, "mine");
        await (await Admin(StorageKind.Embedded)).PostDataAsync($"/api/admin/accounts/{home}/recover", new { });
        var later = await ServedByAsync(tenant, client, "mine");

        next.ShouldNotBe(home);
        later.ShouldBe(next);
    }

    [Fact]
    public async Task AC_12_a_session_whose_account_is_switched_off_moves()
    {
        var (tenant, client, _) = await ThreeAccountsAsync(StorageKind.Embedded);
        var home = await ServedByAsync(tenant, client, "mine");

        await (await Admin(StorageKind.Embedded)).PutDataAsync($"/api/admin/accounts/{home}", new { enabled = false });

        await Eventually.HoldsAsync(async () => await ServedByAsync(tenant, client, "mine") != home);
    }

    [Fact]
    public async Task A_session_comes_back_to_an_account_that_was_away_for_a_moment()
    {
        var (tenant, client, upstreams) = await ThreeAccountsAsync(StorageKind.Embedded);
        var home = await ServedByAsync(tenant, client, "mine");
        upstreams[home].Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 2));

        var meanwhile = await ServedByAsync(tenant, client, "mine");

        meanwhile.ShouldNotBe(home);
        await Eventually.HoldsAsync(async () => await ServedByAsync(tenant, client, "mine") == home);
    }

    [Fact]
    public async Task AC_38_another_key_that_names_the_same_session_has_a_session_of_its_own()
    {
        var (tenant, client, _) = await ThreeAccountsAsync(StorageKind.Embedded);
        var admin = await Admin(StorageKind.Embedded);
        var other = await admin.PostDataAsync("/api/admin/api-keys", new { name = $"other-{tenant.Group}", account_group = tenant.Group });
        using var otherClient = (await gateways.OnAsync(StorageKind.Embedded)).CreateClient();
        otherClient.DefaultRequestHeaders.Authorization = new("Bearer", other.GetProperty("key").GetString());
        await AskAsync(client, "mine");

        using var response = await SendAsync(otherClient, "mine");

        var page = await LogOfAsync(admin, response.RequestId());
        page.GetProperty("trace").GetProperty("attempts")[0].GetProperty("chosen_by").GetString().ShouldBe("load");
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task An_operator_can_let_all_sessions_go(StorageKind storage)
    {
        var (tenant, client, _) = await ThreeAccountsAsync(storage);
        var admin = await Admin(storage);
        await AskAsync(client, "mine");
        await Eventually.HoldsAsync(async () => await ChosenByAsync(tenant, await AskAsync(client, "mine")) == "session");
        var area = (await admin.GetDataAsync("/api/admin/cache")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("area").GetString() == "sessions");

        using var dropped = await admin.DeleteAsync("/api/admin/cache/sessions", Cancel);

        area.GetProperty("entries").GetInt32().ShouldBeGreaterThan(0);
        area.GetProperty("hits").GetInt64().ShouldBeGreaterThan(0);
        dropped.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await ChosenByAsync(tenant, await AskAsync(client, $"new-{Guid.NewGuid()}")) == "load");
        (await admin.GetDataAsync("/api/admin/cache")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("area").GetString() == "sessions")
            .GetProperty("entries").GetInt32().ShouldBeLessThan(area.GetProperty("entries").GetInt32() + 3);
    }

    private async Task<HttpClient> Admin(StorageKind storage) => await (await gateways.OnAsync(storage)).CreateAdminClientAsync();

    private async Task<(Tenant Tenant, HttpClient Client, Dictionary<long, SimulatedAccount> Upstreams)> ThreeAccountsAsync(StorageKind storage)
    {
        var gateway = await gateways.OnAsync(storage);
        var tenant = await Tenant.ClaudeAsync(await Admin(storage), simulator.Server);
        var upstreams = new Dictionary<long, SimulatedAccount> { [tenant.AccountId] = tenant.Upstream };
        for (var i = 0; i < 2; i++)
        {
            var (upstream, id) = await tenant.AddAccountAsync(simulator.Server, "claude");
            upstreams.Add(id, upstream);
        }

        return (tenant, tenant.CreateClient(gateway), upstreams);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string session)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = JsonContent.Create(Bodies.Message("hi", model: Model)) };
        request.Headers.Add("x-session-id", session);
        return client.SendAsync(request, Cancel);
    }

    private static async Task<string> AskAsync(HttpClient client, string session)
    {
        using var response = await SendAsync(client, session);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return response.RequestId();
    }

    private static async Task<long> ServedByAsync(Tenant tenant, HttpClient client, string session) =>
        (await tenant.UsageRecordAsync(await AskAsync(client, session))).GetProperty("account_id").GetInt64();

    private static async Task<string> ChosenByAsync(Tenant tenant, string requestId) =>
        (await TraceAsync(tenant, requestId)).GetProperty("attempts")[0].GetProperty("chosen_by").GetString()!;

    private static async Task<JsonElement> TraceAsync(Tenant tenant, string requestId) => (await tenant.RequestLogAsync(requestId)).GetProperty("trace");

    private static async Task<JsonElement> LogOfAsync(HttpClient admin, string requestId)
    {
        JsonElement found = default;
        await Eventually.HoldsAsync(async () =>
        {
            found = (await admin.GetDataAsync($"/api/admin/request-logs?request_id={requestId}")).GetProperty("items").EnumerateArray().FirstOrDefault();
            return found.ValueKind == JsonValueKind.Object;
        });
        return found;
    }
}
