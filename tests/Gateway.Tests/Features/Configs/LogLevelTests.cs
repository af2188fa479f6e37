using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Configs;

/// <summary>Settings have effect while the gateway runs: seen by the log, whose debug lines name each message.</summary>
public sealed class LogLevelTests
{
    // The contract's limit for every other instance.
    private static readonly TimeSpan Everywhere = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_category_is_made_talkative_and_quiet_again()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await admin.GetDataAsync("/api/admin/users");
        await SetAsync(admin, "log.level.main", "debug");
        await admin.GetDataAsync("/api/auth/me");
        await SetAsync(admin, "log.level.main", null);
        await admin.GetDataAsync("/api/admin/model-aliases");
        await SetAsync(admin, "log.level", "debug");
        await admin.GetDataAsync("/api/admin/cache");

        await Eventually.HoldsAsync(() => server.Output.Contains("GetCacheRequest", StringComparison.Ordinal));

        // Lines come in order, so what is not there by now was not written.
        DebugLines(server, "ListUsersRequest").ShouldBe(0, "before");
        DebugLines(server, "GetMeRequest").ShouldBe(1);
        DebugLines(server, "ListModelAliasesRequest").ShouldBe(0, "as log.level again, which was info");
        DebugLines(server, "GetCacheRequest").ShouldBe(1, "as log.level, which is debug");
    }

    [Fact]
    public async Task AC27_A_setting_counts_on_every_instance_within_two_seconds()
    {
        using var store = TestStorage.Create();
        await using var here = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        await using var there = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        using var admin = await here.CreateAdminClientAsync();
        using var other = await there.CreateAdminClientAsync();
        await SetAsync(admin, "log.level.main", "debug");

        await Eventually.HoldsAsync(
            async () =>
            {
                await other.GetDataAsync("/api/auth/me");
                return DebugLines(there, "GetMeRequest") > 0;
            },
            Everywhere);
    }

    private static async Task SetAsync(HttpClient admin, string key, string? value) => await admin.PutDataAsync($"/api/admin/configs/{key}", new { value });

    private static int DebugLines(GatewayServer server, string message) =>
        server.Output.Split('\n').Count(line => line.Contains(" debug main ", StringComparison.Ordinal) && line.Contains(message, StringComparison.Ordinal));
}
