using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Infrastructure.Redis;
using Gateway.Tests.Support;
using MySqlConnector;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Three gateways over one Redis and one database while accounts fail, a gateway is killed, or far more is asked than can be served.</summary>
[Collection(nameof(RunsAlone))]
public sealed class FleetFaultTests(Fleet fleet, SharedSimulator simulator, ITestOutputHelper output) : IClassFixture<Fleet>, IAsyncLifetime
{
    // Leases of slots and of locks are for 30 seconds.
    private static readonly TimeSpan LongerThanALease = TimeSpan.FromSeconds(60);

    // The longest first pause is 18 seconds.
    private static readonly TimeSpan LongerThanAPause = TimeSpan.FromSeconds(60);

    private static readonly ScriptedAnswer Usual = ScriptedAnswer.Text("All is well.").DelayBeforeHeaders(TimeSpan.FromMilliseconds(40));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fleet.StartAsync(("scheduling.queue_seconds", 60), ("scheduling.queue_length", 5));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("refuses connections")]
    [InlineData("answers 529")]
    [InlineData("is limited")]
    public async Task AC_07_one_of_three_accounts_fails_under_load_and_no_client_sees_it_and_it_is_back_with_one_probe(string trouble)
    {
        await using var relay = new TcpRelay(simulator.Server.Url.Host, simulator.Server.Url.Port);
        relay.Open();
        var tenant = await Tenant.OpenAiAsync(fleet.Admin, simulator.Server);
        var upstreams = await tenant.WithAccountsAsync(simulator.Server, new { }, new { base_url = $"http://127.0.0.1:{relay.Port}" });
        var (sickId, sick) = upstreams.Last();
        foreach (var upstream in upstreams.Values)
        {
            upstream.Default = Usual;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var statuses = new ConcurrentBag<HttpStatusCode>();
        var load = (await fleet.CreateClientsAsync(tenant)).SelectMany(client => Enumerable.Repeat(client, 2)).Select((client, i) => LoadAsync(client, i, statuses, end)).ToList();
        await sick.WaitForRequestAsync(10, Cancel);

        switch (trouble)
        {
            case "refuses connections":
                await relay.CloseAsync();
                break;
            case "answers 529":
                sick.Default = ScriptedAnswer.Error(529);
                break;
            default:
                sick.Default = ScriptedAnswer.RateLimited(retryAfterSeconds: 2);
                break;
        }

        await Fleet.AllAsync(fleet.Admins, async admin => (await CooldownsAsync(admin, sickId)).Count > 0);
        var soFar = statuses.Count;
        await Eventually.HoldsAsync(() => statuses.Count >= soFar + 100);
        sick.Default = Usual;
        if (trouble == "refuses connections")
        {
            relay.Open();
        }

        var pauses = await Task.WhenAll(fleet.Admins.Select(admin => CooldownsAsync(admin, sickId)));
        var until = pauses.SelectMany(ends => ends).DefaultIfEmpty(DateTimeOffset.UtcNow).Max();
        await Eventually.HoldsAsync(() => sick.Requests.Any(request => request.ReceivedAt >= until && request.StatusCode == 200), LongerThanAPause);
        var back = sick.Requests.First(request => request.ReceivedAt >= until && request.StatusCode == 200).ReceivedAt;
        await Fleet.AllAsync(fleet.Admins, async admin => (await CooldownsAsync(admin, sickId)).Count == 0);
        await end.CancelAsync();
        await Task.WhenAll(load);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{statuses.Count} requests; back {(back - until).TotalMilliseconds:0} ms after the pause"));
        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
        (back - until).ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task AC_35_what_a_killed_gateway_held_is_free_when_its_leases_have_ended()
    {
        var tenant = await Tenant.OpenAiAsync(fleet.Admin, simulator.Server, key: new { max_concurrency = 4 }, account: new { max_concurrency = 2 });
        var other = await Tenant.OpenAiAsync(fleet.Admin, simulator.Server);
        var oauth = await Tenant.ClaudeCcrAsync(fleet.Admin, simulator.Server);
        await using var victim = await GatewayServer.StartAsync(StorageKind.Servers, store: fleet.Store);
        var (slots, keySlots) = ((StackExchange.Redis.RedisKey)RedisKeys.AccountSlots(tenant.AccountId), await fleet.KeySlotsAsync(tenant));
        using var doomed = tenant.CreateClient(victim);
        var client = (await fleet.CreateClientsAsync(tenant))[0];
        await HoldTwoStreamsAsync(tenant, doomed);
        oauth.Upstream.Tokens.EndAccess();
        oauth.Upstream.Enqueue(new ScriptedAnswer { Path = OAuthAccounts.TokenPath, Failure = new ScriptedError(500) }.StallBeforeHeaders());
        var renewing = oauth.AskAsync(victim);
        await Eventually.HoldsAsync(() => oauth.TokenCalls().Count == 1);
        using var used = await AskAsync((await fleet.CreateClientsAsync(other))[0], "hi");
        await other.UsageRecordAsync(used.RequestId());
        using var doomedAdmin = await victim.CreateAdminClientAsync();
        await using var blocker = new MySqlConnection(fleet.Store.MySql);
        await blocker.OpenAsync(Cancel);
        await RunAsync(blocker, "LOCK TABLES usage_records WRITE");
        var syncing = doomedAdmin.PostAsync("/api/admin/sync", null, Cancel);
        await Eventually.HoldsAsync(async () => await fleet.TextAsync(RedisKeys.Lock("sync_usage")) is not null);
        var jobLock = await fleet.TextAsync(RedisKeys.Lock("sync_usage"));
        var waiting = AskAsync(client, "hi");
        await Eventually.HoldsAsync(async () => await fleet.LeasesAsync(keySlots) == 3);
        (await fleet.LeasesAsync(slots), await fleet.TextAsync(RedisKeys.TokenLock(oauth.AccountId)) is null).ShouldBe((2, false));

        await victim.SignalAsync("KILL");
        await victim.WaitForExitAsync();
        var killedAt = DateTime.UtcNow;
        await Should.ThrowAsync<HttpRequestException>(() => renewing);
        await Should.ThrowAsync<HttpRequestException>(() => syncing);
        await RunAsync(blocker, "UNLOCK TABLES");

        using var answer = await waiting.WaitAsync(LongerThanALease, Cancel);
        Report("the slots of the account", killedAt);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await fleet.LeasesAsync(slots) + await fleet.LeasesAsync(keySlots) == 0, LongerThanALease);
        Report("all slots", killedAt);
        await Eventually.HoldsAsync(async () => await fleet.TextAsync(RedisKeys.Lock("sync_usage")) != jobLock, LongerThanALease);
        Report("the lock of the job", killedAt);
        (await oauth.AskAsync(fleet.Gateways[1])).ShouldBe(HttpStatusCode.OK);
        Report("the lock of the token", killedAt);
    }

    [Fact]
    public async Task F29_a_burst_of_ten_times_what_the_accounts_serve_is_answered_or_told_when_to_come_back()
    {
        const int SlotsOfAccount = 3;
        const int AtOnce = 10 * 2 * SlotsOfAccount;
        var limit = new { max_concurrency = SlotsOfAccount };
        var tenant = await Tenant.OpenAiAsync(fleet.Admin, simulator.Server, account: limit);
        var upstreams = await tenant.WithAccountsAsync(simulator.Server, limit);
        foreach (var upstream in upstreams.Values)
        {
            upstream.Default = ScriptedAnswer.Text("All is well.").DelayBeforeHeaders(TimeSpan.FromMilliseconds(150));
        }

        var clients = await fleet.CreateClientsAsync(tenant);
        var answers = new ConcurrentBag<(HttpStatusCode Status, bool SaysWhen, TimeSpan Took)>();
        await Parallel.ForAsync(0, 10 * AtOnce, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancel }, async (i, _) =>
        {
            var started = TimeProvider.System.GetTimestamp();
            using var response = await AskAsync(clients[i % clients.Length], $"question {i}");
            await response.Content.ReadAsByteArrayAsync(Cancel);
            answers.Add((response.StatusCode, response.Headers.RetryAfter?.Delta > TimeSpan.Zero, TimeProvider.System.GetElapsedTime(started)));
        });

        var accepted = answers.Where(answer => answer.Status == HttpStatusCode.OK).ToList();
        var refused = answers.Where(answer => answer.Status != HttpStatusCode.OK).ToList();
        output.WriteLine($"{accepted.Count} accepted, the longest {accepted.Max(answer => answer.Took)}; {refused.Count} refused");
        accepted.Count.ShouldBeGreaterThanOrEqualTo(2 * SlotsOfAccount);
        refused.ShouldNotBeEmpty();
        refused.ShouldAllBe(answer => (answer.Status == HttpStatusCode.TooManyRequests || answer.Status == HttpStatusCode.ServiceUnavailable) && answer.SaysWhen);
        accepted.Order(Comparer<(HttpStatusCode, bool, TimeSpan Took)>.Create((one, other) => one.Took.CompareTo(other.Took))).ElementAt(accepted.Count * 99 / 100)
            .Took.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        upstreams.Values.ShouldAllBe(upstream => upstream.PeakInFlight <= SlotsOfAccount && upstream.FinishedCount == upstream.Requests.Count);
        upstreams.Values.Sum(upstream => upstream.FinishedCount).ShouldBe(accepted.Count);
        await fleet.WaitUntilIdleAsync(upstreams.Keys);
        foreach (var name in upstreams.Keys.Select(RedisKeys.AccountSlots).SelectMany(name => new[] { name, $"{name}:queue", $"{name}:seen" }))
        {
            await Eventually.HoldsAsync(async () => await fleet.MembersAsync(name) == 0, TimeSpan.FromSeconds(5), name);
        }
    }

    private void Report(string what, DateTime since) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: free {(DateTime.UtcNow - since).TotalSeconds:0.0} s after the kill"));

    private static async Task LoadAsync(HttpClient client, int number, ConcurrentBag<HttpStatusCode> statuses, CancellationTokenSource end)
    {
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            using var response = await AskAsync(client, $"question {i} of {number}");
            statuses.Add(response.StatusCode);
        }
    }

    private static async Task HoldTwoStreamsAsync(Tenant tenant, HttpClient client)
    {
        for (var i = 0; i < 2; i++)
        {
            var gate = new Gate();
            tenant.Upstream.Enqueue(ScriptedAnswer.Text("one ", "two ", "three").HoldAfterEvent(2, gate));
            _ = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat($"hold {i}", stream: true), Cancel);
            await gate.WaitUntilReachedAsync(Cancel);
        }
    }

    private static async Task RunAsync(MySqlConnection connection, string statement)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>When the account's pauses end.</summary>
    private static async Task<List<DateTimeOffset>> CooldownsAsync(HttpClient admin, long accountId) =>
    [
        .. (await admin.GetDataAsync($"/api/admin/accounts/{accountId}")).GetProperty("cooldowns").EnumerateArray().Select((JsonElement cooldown) => cooldown.GetProperty("until").GetDateTimeOffset()),
    ];

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string text) => client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat(text), Cancel);
}
