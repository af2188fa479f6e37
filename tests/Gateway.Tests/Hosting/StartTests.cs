using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Gateway.Tests.Support;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Simulator;

namespace Gateway.Tests.Hosting;

/// <summary>The program starts, goes on with what it had, and ends when it is told to.</summary>
public sealed partial class StartTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string NewPassword = "another long password";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_second_start_on_the_same_data_still_knows_its_users(StorageKind storage)
    {
        using var data = new TempDirectory();
        using var store = storage == StorageKind.Servers ? TestStorage.Create() : null;
        await using (var first = await GatewayServer.StartAsync(storage, dataDirectory: data.Path, store: store))
        {
            using var client = await first.CreateAdminClientAsync();
            await client.PutDataAsync("/api/auth/password", new { current_password = GatewayServer.AdminPassword, new_password = NewPassword });
            (await first.StopAsync()).ShouldBe(0);
        }

        await using var second = await GatewayServer.StartAsync(storage, dataDirectory: data.Path, store: store);

        using var again = second.CreateClient();
        await again.LogInAsync("admin", NewPassword);
        (await again.GetDataAsync("/api/auth/me")).GetProperty("username").GetString().ShouldBe("admin");
    }

    [Fact]
    public async Task A_password_that_nobody_configured_is_printed_once_and_never_logged()
    {
        using var data = new TempDirectory();
        var settings = new Dictionary<string, string> { ["Gateway:AdminPassword"] = "" };
        await using var first = await GatewayServer.StartAsync(settings: settings, dataDirectory: data.Path);

        var password = PrintedPassword().Match(first.Output).Groups[1].Value;

        using var client = first.CreateClient();
        await client.LogInAsync("admin", password);
        (await first.StopAsync()).ShouldBe(0);
        var lines = first.Output.Split('\n').Where(line => line.Contains(password, StringComparison.Ordinal)).ToList();
        lines.ShouldHaveSingleItem().Trim().ShouldBe(password, "alone on its line, so not in a line of the log");

        await using var second = await GatewayServer.StartAsync(settings: settings, dataDirectory: data.Path);
        second.Output.ShouldNotContain("password", Case.Insensitive);
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_directory_ends_with_one_line()
    {
        await using var first = await GatewayServer.StartAsync();

        await using var second = await GatewayServer.RunToExitAsync(dataDirectory: first.DataDirectory);

        second.ExitCode.ShouldBe(1);
        second.Output.ShouldBeOneLineWith("Gateway:DataDirectory", first.DataDirectory, "in use");
        first.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Ctrl_C_ends_the_program_within_five_seconds()
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = await server.CreateAdminClientAsync(); // its connection stays open
        var asked = Stopwatch.GetTimestamp();

        (await server.StopAsync()).ShouldBe(0);

        Stopwatch.GetElapsedTime(asked).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_program_within_five_seconds_although_a_stream_is_open()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one two three").InChunks(3).StallAfterEvent(2));
        using var client = tenant.CreateClient(server);
        using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        (await reader.ReadLineAsync(Cancel)).ShouldStartWith("data: ");
        var asked = Stopwatch.GetTimestamp();

        (await server.StopAsync()).ShouldBe(0);

        Stopwatch.GetElapsedTime(asked).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        (await reader.ReadToEndAsync(Cancel)).ShouldContain("The gateway is stopping");
    }

    [Fact]
    public async Task A_terminated_program_that_is_told_not_to_drain_ends_at_once()
    {
        await using var server = await GatewayServer.StartAsync(settings: new Dictionary<string, string> { ["Gateway:DrainSeconds"] = "0" });
        using var client = await server.CreateAdminClientAsync();
        var asked = Stopwatch.GetTimestamp();

        await server.SignalAsync("TERM");

        (await server.WaitForExitAsync()).ShouldBe(0);
        Stopwatch.GetElapsedTime(asked).ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task F43_A_lock_that_a_killed_migration_left_behind_does_not_stop_the_next_start()
    {
        using var data = new TempDirectory();
        await using (var first = await GatewayServer.StartAsync(dataDirectory: data.Path))
        {
            await first.StopAsync();
        }

        await using (var database = new SqliteConnection($"Data Source={Path.Combine(data.Path, "gateway.db")};Pooling=False"))
        {
            await database.OpenAsync(Cancel);
            await using var insert = database.CreateCommand();
            insert.CommandText = """INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00')""";
            await insert.ExecuteNonQueryAsync(Cancel);
        }

        await using var second = await GatewayServer.StartAsync(dataDirectory: data.Path);

        using var client = await second.CreateAdminClientAsync();
    }

    [Theory]
    [InlineData("/api/setup")]
    [InlineData("/api/auth/setup")]
    [InlineData("/api/auth/register")]
    public async Task B16_Nobody_becomes_an_administrator_over_the_network(string path)
    {
        using var nobody = gateway.Server.CreateClient();

        using var response = await nobody.PostAsJsonAsync(path, new { username = "intruder", password = GatewayServer.AdminPassword, role = "admin" }, Cancel);

        await response.ErrorAsync(404);
    }

    // B16 too: one of them makes the administrator, whose password opens all of them.
    [Fact]
    public async Task F44_Six_instances_that_start_at_once_where_there_is_no_database_all_start()
    {
        using var store = TestStorage.Create();

        var servers = Enumerable.Range(0, 6).Select(_ => GatewayServer.Launch(StorageKind.Servers, null, null, store)).ToList();

        try
        {
            await Task.WhenAll(servers.Select(server => server.WaitUntilReadyAsync()));
            foreach (var server in servers)
            {
                using var client = await server.CreateAdminClientAsync();
            }
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task F21_A_database_that_is_away_at_the_start_means_not_ready_until_it_comes()
    {
        using var store = TestStorage.Create();
        var mySql = new MySqlConnectionStringBuilder(store.MySql);
        await using var relay = new TcpRelay(mySql.Server, (int)mySql.Port);
        mySql.Server = "127.0.0.1";
        mySql.Port = (uint)relay.Port;
        var url = $"http://127.0.0.1:{FreePort()}";
        await using var server = GatewayServer.Launch(
            StorageKind.Servers,
            new Dictionary<string, string> { ["URLS"] = url, ["ConnectionStrings:MySql"] = mySql.ToString() },
            null,
            store);
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        await Eventually.HoldsAsync(async () => await StatusOfAsync(client, "/healthz") == HttpStatusCode.OK);
        (await StatusOfAsync(client, "/readyz")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        await Eventually.HoldsAsync(() => server.Output.Contains("database does not answer", StringComparison.Ordinal));
        (await StatusOfAsync(client, "/api/auth/me")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        server.HasExited.ShouldBeFalse();

        relay.Open();

        await server.WaitUntilReadyAsync();
        (await StatusOfAsync(client, "/readyz")).ShouldBe(HttpStatusCode.OK);
        await client.LogInAsync("admin", GatewayServer.AdminPassword);
    }

    [Fact]
    public async Task F21_A_database_that_fails_after_the_migration_means_not_ready_until_it_works()
    {
        using var store = TestStorage.Create();
        await using (var first = await GatewayServer.StartAsync(StorageKind.Servers, store: store))
        {
            (await first.StopAsync()).ShouldBe(0);
        }

        await ExecuteAsync(store, "RENAME TABLE accounts TO accounts_away");
        await using var server = GatewayServer.Launch(StorageKind.Servers, null, null, store);
        await Eventually.HoldsAsync(() => server.HasExited || server.Output.Contains("database does not answer", StringComparison.Ordinal), within: TimeSpan.FromSeconds(60));
        server.HasExited.ShouldBeFalse(server.Output);

        await ExecuteAsync(store, "RENAME TABLE accounts_away TO accounts");

        await server.WaitUntilReadyAsync();
        using var client = await server.CreateAdminClientAsync();
    }

    private static async Task ExecuteAsync(TestStorage store, string sql)
    {
        await using var connection = new MySqlConnection(store.MySql);
        await connection.OpenAsync(Cancel);
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<HttpStatusCode?> StatusOfAsync(HttpClient client, string path)
    {
        try
        {
            using var response = await client.GetAsync(path, Cancel);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    // Free just now: the address has to be known before the gateway can say which port it got.
    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"password is shown this once:\s+(\S{20})\s")]
    private static partial Regex PrintedPassword();
}
