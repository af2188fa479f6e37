using System.Net;
using System.Text;
using Gateway.Tests.Support;
using MySqlConnector;
using Simulator;
using StackExchange.Redis;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>AC-42: what a request costs the stores before its first byte, seen on the wire.</summary>
public sealed class RequestBudgetTests(SharedSimulator simulator)
{
    private const string Script = "EVALSHA";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AC_42_a_request_with_every_limit_waits_for_Redis_twice_and_never_for_the_database()
    {
        using var store = TestStorage.Create();
        var redis = ConfigurationOptions.Parse(store.Redis);
        await using var toRedis = new Wire(((IPEndPoint)redis.EndPoints[0]).Address.ToString(), ((IPEndPoint)redis.EndPoints[0]).Port);
        redis.EndPoints[0] = toRedis.EndPoint;
        var mySql = new MySqlConnectionStringBuilder(store.MySql);
        await using var toMySql = new Wire(mySql.Server, (int)mySql.Port);
        (mySql.Server, mySql.Port, mySql.SslMode) = (toMySql.EndPoint.Address.ToString(), (uint)toMySql.EndPoint.Port, MySqlSslMode.Disabled);
        await using var gateway = await GatewayServer.StartAsync(
            StorageKind.Servers,
            new Dictionary<string, string> { ["ConnectionStrings:Redis"] = redis.ToString(includePassword: true), ["ConnectionStrings:MySql"] = mySql.ToString() },
            store: store);
        using var admin = await gateway.CreateAdminClientAsync();
        var tenant = await LimitedTenant.CreateAsync(
            admin,
            simulator.Server,
            new
            {
                max_concurrency = 10,
                requests_per_minute = 1000,
                tokens_per_minute = 1_000_000,
                billing_mode = "subscription",
                quota_usd = 100,
                subscription = new { period = "month", limit_usd = 10, time_zone = "Europe/Berlin" },
                limits = new object[] { new { measure = "requests", window = "5h", limit = 1000, models = new[] { "gpt-*" } } },
            });

        // More than one, so that the session is asked for; this one serves.
        var (upstream, _) = await tenant.AddAccountAsync(
            simulator.Server, "openai", new { max_concurrency = 10, requests_per_minute = 1000, tokens_per_minute = 1_000_000, daily_budget_usd = 100, priority = 1 });
        using var client = tenant.CreateClient(gateway);
        client.DefaultRequestHeaders.Add("x-session-id", "mine");
        using var first = await LimitedTenant.AskAsync(client); // Loads the scripts and makes the counters; when it is shown, all of it is in Redis.
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        await tenant.UsageRecordAsync(first.RequestId());
        var gate = new Gate();
        upstream.Enqueue(ScriptedAnswer.Text("something").HoldHeaders(gate));
        toRedis.Forget();
        toMySql.Forget();

        toRedis.Relay.HoldAnswers();
        var asking = LimitedTenant.AskAsync(client);
        await Eventually.HoldsAsync(() => toRedis.Count(Script) == 2 && toRedis.Count("GETEX") == 1);
        toRedis.Relay.Release();
        await Eventually.HoldsAsync(() => upstream.Requests.Count == 2);
        toRedis.Count(Script).ShouldBe(4, "two in the first round, with the session: its key's limits and slot; two in the second: its account's limits and slot");
        gate.Open();
        using var answer = await asking;
        var statements = toMySql.Text;

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        statements.Split("SELECT ").Skip(1).ShouldAllBe(statement => statement.Contains("cache_versions"), "the poll of each second, and nothing else");
        statements.ShouldNotContain("INSERT ");
        statements.ShouldNotContain("UPDATE ");
    }

    /// <summary>A connection to a server, and what was sent over it.</summary>
    private sealed class Wire : IAsyncDisposable
    {
        private readonly StringBuilder _sent = new();

        public Wire(string host, int port)
        {
            Relay = new TcpRelay(host, port) { Sent = Note };
            Relay.Open();
        }

        public TcpRelay Relay { get; }

        public IPEndPoint EndPoint => new(IPAddress.Loopback, Relay.Port);

        public string Text
        {
            get
            {
                lock (_sent)
                {
                    return _sent.ToString();
                }
            }
        }

        public int Count(string command) => Text.Split(command).Length - 1;

        public void Forget()
        {
            lock (_sent)
            {
                _sent.Clear();
            }
        }

        public ValueTask DisposeAsync() => Relay.DisposeAsync();

        private void Note(ReadOnlyMemory<byte> bytes)
        {
            lock (_sent)
            {
                _sent.Append(Encoding.Latin1.GetString(bytes.Span));
            }
        }
    }
}
