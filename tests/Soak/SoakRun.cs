using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Simulator;
using Soak.Findings;
using Soak.Gateways;
using Soak.Load;
using Soak.Upstreams;

namespace Soak;

/// <summary>Sets everything up, lets it run, lets it become quiet, and looks at what is left.</summary>
internal sealed class SoakRun(SoakOptions options)
{
    private const int Gateways = 3;
    private const int AccountsOfPlatform = 4;
    private const int SlotsOfAccount = 2;
    private const int Keys = 3;
    private const int SlotsOfKey = 8;
    private const int Settings = 2;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(30);

    private static readonly (string Platform, string Prefix)[] Platforms = [("openai", CredentialPrefix.OpenAi), ("claude", CredentialPrefix.Claude), ("gemini", CredentialPrefix.Gemini)];

    private readonly string _adminPassword = RandomNumberGenerator.GetHexString(32);
    private readonly ConcurrentQueue<SentRequest> _sent = new();
    private int _number;

    /// <returns>Whether everything that must hold held.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-soak-").FullName;
        await using var stores = await Stores.CreateAsync();
        await using var simulator = await SimulatorServer.StartAsync(cancellationToken: cancellationToken);
        var nodes = Enumerable.Range(1, Gateways).Select(number => new GatewayNode(number, Path.Combine(directory, $"gateway-{number}"), stores, _adminPassword)).ToList();
        using var api = new ManagementApi(nodes);
        try
        {
            await Task.WhenAll(nodes.Select(node => node.StartAsync(cancellationToken)));
            await api.LogInAsync(_adminPassword, cancellationToken);
            var (upstreams, keys) = await SetUpAsync(api, simulator, cancellationToken);
            await WaitUntilKnownAsync(nodes, api, cancellationToken);
            Say($"{Gateways} gateways, {upstreams.Count} accounts, {options.Clients} clients, {options.Minutes} minutes, seed {options.Seed}");

            var injector = await LoadAsync(nodes, api, upstreams, keys, cancellationToken);

            await api.LogInAsync(_adminPassword, cancellationToken);
            var quiet = await new Quiet(nodes, api, stores).WaitAsync(cancellationToken);
            var audit = await new Audit(nodes, api, upstreams, [.. _sent]).RunAsync(cancellationToken);
            nodes.ForEach(node => node.Check());
            Console.WriteLine(new Report(options, nodes, injector.Counts, quiet, audit).ToString());
            return quiet.Leaked == 0 && audit.Holds;
        }
        finally
        {
            await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(List<Upstream> Upstreams, List<string> Keys)> SetUpAsync(ManagementApi api, SimulatorServer simulator, CancellationToken cancellationToken)
    {
        // A platform that falls silent must be found out in a time that fits the length of the run.
        await api.PutAsync("api/admin/configs/proxy.headers_seconds", new { value = 3 }, cancellationToken);
        await api.PutAsync("api/admin/configs/proxy.idle_seconds", new { value = 3 }, cancellationToken);
        var upstreams = new List<Upstream>();
        foreach (var (platform, prefix) in Platforms)
        {
            for (var i = 1; i <= AccountsOfPlatform; i++)
            {
                var account = simulator.NewAccount(prefix);
                var created = await api.PostAsync(
                    "api/admin/accounts",
                    new { name = $"{platform} {i}", platform, base_url = simulator.Url, credentials = new { api_key = account.Credential }, max_concurrency = SlotsOfAccount },
                    cancellationToken);
                upstreams.Add(new Upstream(platform, created.GetProperty("id").GetInt64(), account));
                upstreams[^1].Behave();
            }
        }

        var keys = new List<string>();
        for (var i = 1; i <= Keys; i++)
        {
            keys.Add((await api.PostAsync("api/admin/api-keys", new { name = $"soak {i}", max_concurrency = SlotsOfKey }, cancellationToken)).GetProperty("key").GetString()!);
        }

        return (upstreams, keys);
    }

    private static async Task WaitUntilKnownAsync(List<GatewayNode> nodes, ManagementApi api, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            while (await EntriesAsync(node, "accounts") < Platforms.Length * AccountsOfPlatform || await EntriesAsync(node, "api_keys") < Keys || await EntriesAsync(node, "configs") < Settings)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }

        async Task<int> EntriesAsync(GatewayNode node, string area) =>
            (await api.GetAsync("api/admin/cache", cancellationToken, node)).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("area").GetString() == area).GetProperty("entries").GetInt32();
    }

    private async Task<FaultInjector> LoadAsync(
        List<GatewayNode> nodes, ManagementApi api, List<Upstream> upstreams, List<string> keys, CancellationToken cancellationToken)
    {
        var length = TimeSpan.FromMinutes(options.Minutes);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(length);
        var injector = new FaultInjector(upstreams, nodes, api, options.Seed);
        var clients = Enumerable.Range(0, options.Clients).Select(i =>
            new LoadClient(nodes, keys[i % keys.Count], new Random((options.Seed * 1000) + i), () => Interlocked.Increment(ref _number), _sent.Enqueue).RunAsync(end.Token, cancellationToken));
        await Task.WhenAll(
        [
            ShowProgressAsync(nodes, end.Token),
            injector.RunAsync(end.Token, cancellationToken),
            injector.KillAsync(length, end.Token, cancellationToken),
            .. clients,
        ]);
        cancellationToken.ThrowIfCancellationRequested();
        return injector;
    }

    private async Task ShowProgressAsync(List<GatewayNode> nodes, CancellationToken end)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await Task.Delay(ProgressInterval, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested)
            {
                return;
            }

            nodes.ForEach(node => node.Check());
            var sent = _sent.ToArray();
            var (answered, left) = (sent.Count(request => request.Ending == Ending.Answered), sent.Count(request => request.Ending == Ending.Left));
            Say($"{Stopwatch.GetElapsedTime(started):hh\\:mm\\:ss}  {sent.Length} requests: {answered} answered, {left} left by clients, {sent.Length - answered - left} failed; {nodes.Count(node => node.Url is not null)} gateways run");
        }
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
