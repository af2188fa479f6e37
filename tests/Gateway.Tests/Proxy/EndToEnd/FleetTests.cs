using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Gateway.Infrastructure.Redis;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Three gateways over one Redis and one database behave as one, as long as their upstreams are well.</summary>
[Collection(nameof(RunsAlone))]
public sealed class FleetTests(Fleet fleet, SharedSimulator simulator, ITestOutputHelper output) : IClassFixture<Fleet>, IAsyncLifetime
{
    // A change is to be seen within two seconds; a busy machine may need longer.
    private static readonly TimeSpan LongestChange = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fleet.StartAsync(("scheduling.queue_seconds", 60));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task AC_38_three_gateways_share_out_requests_by_weight_within_5_percent()
    {
        const int Requests = 900;
        var tenant = await Tenant.OpenAiAsync(fleet.Admin, simulator.Server, account: new { weight = 1 });
        var upstreams = await tenant.WithAccountsAsync(simulator.Server, new { weight = 2 }, new { weight = 3 });
        var clients = await fleet.CreateClientsAsync(tenant);

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 18, CancellationToken = Cancel }, async (i, _) =>
        {
            using var response = await AskAsync(clients[i % clients.Length], $"question {i}");
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        });

        var served = upstreams.Values.Select(upstream => upstream.Requests.Count).ToList();
        output.WriteLine(string.Join(", ", served));
        served.Sum().ShouldBe(Requests);
        for (var i = 0; i < served.Count; i++)
        {
            var due = Requests * (i + 1) / 6.0;
            ((double)served[i]).ShouldBe(due, due * 0.05);
        }
    }

    [Fact]
    public async Task AC_37_sessions_stay_with_their_accounts_on_all_gateways_in_999_of_1000_requests()
    {
        const int Sessions = 50;
        const int RequestsOfSession = 40;
        var tenant = await Tenant.OpenAiAsync(fleet.Admin, simulator.Server);
        var upstreams = await tenant.WithAccountsAsync(simulator.Server, new { }, new { });
        var clients = await fleet.CreateClientsAsync(tenant);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = Cancel };

        await Parallel.ForAsync(0, Sessions, parallel, async (session, _) => await AskInAsync(session, session));
        var homes = Sessions == Served().Count ? Served().ToDictionary(served => served.Session, served => served.Account) : [];
        await Parallel.ForAsync(Sessions, Sessions * RequestsOfSession, parallel, async (i, _) => await AskInAsync(i % Sessions, i / Sessions));

        homes.Count.ShouldBe(Sessions);
        homes.Values.Distinct().Count().ShouldBe(3);
        var all = Served();
        all.Count.ShouldBe(Sessions * RequestsOfSession);
        var strayed = all.Count(served => homes[served.Session] != served.Account);
        output.WriteLine($"{strayed} of {all.Count} requests strayed.");
        strayed.ShouldBeLessThanOrEqualTo(all.Count / 1000);

        async Task AskInAsync(int session, int gateway)
        {
            using var response = await AskAsync(clients[gateway % clients.Length], $"session {session}", $"s{session}");
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        List<(string Session, long Account)> Served() =>
        [
            .. from upstream in upstreams
               from request in upstream.Value.Requests
               select (request.Json.GetProperty("messages")[0].GetProperty("content").GetString()!, upstream.Key),
        ];
    }

    [Fact]
    public async Task AC_35_F24_a_thousand_streams_that_clients_leave_at_any_moment_leave_no_slot_taken()
    {
        const int Streams = 1000;
        var limit = new { max_concurrency = 8 };
        var tenant = await Tenant.OpenAiAsync(fleet.Admin, simulator.Server, key: new { max_concurrency = 20 }, account: limit);
        var upstreams = await tenant.WithAccountsAsync(simulator.Server, limit, limit);
        foreach (var upstream in upstreams.Values)
        {
            upstream.Default = ScriptedAnswer.Text("one ", "two ", "three ", "four ", "five ", "six ", "seven ", "eight ")
                .DelayBeforeHeaders(TimeSpan.FromMilliseconds(30)).DelayBetweenEvents(TimeSpan.FromMilliseconds(15));
        }

        var clients = await fleet.CreateLeavingClientsAsync(tenant);
        var seeds = new Random(4);
        var plans = Enumerable.Range(0, Streams).Select(_ => (Leave: seeds.Next(4), Events: seeds.Next(2, 9), Ms: seeds.Next(0, 120))).ToArray();
        var (refused, whole) = (0, 0);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var mostLeases = MostLeasesAsync(upstreams.Keys, over);

        await Parallel.ForAsync(0, Streams, new ParallelOptions { MaxDegreeOfParallelism = 30, CancellationToken = Cancel }, async (i, _) =>
        {
            var (leave, events, ms) = plans[i];
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            if (leave == 0)
            {
                leaving.CancelAfter(ms);
            }

            try
            {
                using var response = await clients[i % clients.Length].PostStreamAsync("/v1/chat/completions", Bodies.Chat($"question {i}", stream: true), leaving.Token);
                Interlocked.Add(ref refused, response.StatusCode == HttpStatusCode.OK ? 0 : 1);
                Interlocked.Add(ref whole, await IsReadWholeAsync(response, leave switch { 1 => 1, 2 => events, _ => int.MaxValue }, leaving.Token) ? 1 : 0);
            }
            catch (OperationCanceledException) when (leave == 0)
            {
                // Left before, or while, the answer came.
            }
        });

        await over.CancelAsync();
        refused.ShouldBe(0);
        whole.ShouldBeInRange(Streams / 5, Streams / 2);
        output.WriteLine($"{whole} of {Streams} streams were read to the end, {upstreams.Values.Sum(upstream => upstream.AbortedCount)} broken off upstream; the upstreams saw up to {upstreams.Values.Max(upstream => upstream.PeakInFlight)} at once.");
        upstreams.Values.Sum(upstream => upstream.AbortedCount).ShouldBeGreaterThan(Streams / 5);
        (await mostLeases).ShouldBeInRange(2, 8);
        await fleet.WaitUntilIdleAsync(upstreams.Keys);

        // Well before a lease would end by itself.
        var pools = upstreams.Keys.Select(id => RedisKeys.AccountSlots(id)).Append((await fleet.KeySlotsAsync(tenant)).ToString());
        foreach (var pool in pools.SelectMany(name => new[] { name, $"{name}:queue", $"{name}:seen" }))
        {
            await Eventually.HoldsAsync(async () => await fleet.MembersAsync(pool) == 0, TimeSpan.FromSeconds(5), pool);
        }
    }

    [Fact]
    public async Task AC_27_an_account_that_is_switched_off_and_on_is_so_on_all_gateways_within_two_seconds()
    {
        var tenant = await Tenant.OpenAiAsync(fleet.Admin, simulator.Server);
        var clients = await fleet.CreateClientsAsync(tenant);
        await Fleet.AllAsync(clients, AnswersAsync);

        await fleet.Admin.PutDataAsync($"/api/admin/accounts/{tenant.AccountId}", new { enabled = false });
        Report("switched off", await Fleet.AllAsync(clients, async client => !await AnswersAsync(client)));
        await fleet.Admin.PutDataAsync($"/api/admin/accounts/{tenant.AccountId}", new { enabled = true });
        Report("switched on", await Fleet.AllAsync(clients, AnswersAsync));
    }

    [Fact]
    public async Task AC_27_a_key_that_is_switched_off_is_refused_by_all_gateways_within_two_seconds()
    {
        var tenant = await Tenant.OpenAiAsync(fleet.Admin, simulator.Server);
        var clients = await fleet.CreateClientsAsync(tenant);
        await Fleet.AllAsync(clients, AnswersAsync);

        await fleet.Admin.PutDataAsync($"/api/admin/api-keys/{tenant.ApiKeyId}", new { enabled = false });

        Report("refused", await Fleet.AllAsync(clients, async client => !await AnswersAsync(client)));
    }

    [Fact]
    public async Task AC_27_a_setting_counts_on_all_gateways_within_two_seconds()
    {
        var started = Stopwatch.GetTimestamp();
        await fleet.Admin.PutDataAsync("/api/admin/configs/proxy.keep_alive_seconds", new { value = 14 });

        await fleet.HaveSettingsAsync(2);

        Report("set", Stopwatch.GetElapsedTime(started));
    }

    private void Report(string what, TimeSpan time)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} everywhere after {time.TotalMilliseconds:0} ms"));
        time.ShouldBeLessThan(LongestChange, what);
    }

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        using var response = await AskAsync(client, "hi");
        return response.IsSuccessStatusCode;
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string text, string? session = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(Bodies.Chat(text)) };
        if (session is not null)
        {
            request.Headers.Add("x-session-id", session);
        }

        return client.SendAsync(request, Cancel);
    }

    /// <summary>The most slots that were seen taken of one account. An upstream notices later than the gateway that a request was broken off, and so sees more.</summary>
    private async Task<long> MostLeasesAsync(IReadOnlyCollection<long> accountIds, CancellationTokenSource over)
    {
        var most = 0L;
        while (!over.IsCancellationRequested)
        {
            foreach (var id in accountIds)
            {
                most = Math.Max(most, await fleet.LeasesAsync(RedisKeys.AccountSlots(id)));
            }
        }

        return most;
    }

    /// <summary>Reads a stream to its end, or to so many events.</summary>
    private static async Task<bool> IsReadWholeAsync(HttpResponseMessage response, int most, CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) && --most == 0)
            {
                return false;
            }
        }

        return true;
    }
}
