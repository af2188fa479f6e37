using Gateway.Proxy;

namespace Gateway.Tests.Support;

/// <summary>An embedded gateway for the tests of one class, which change its settings: <c>IClassFixture&lt;OwnGateway&gt;</c>.</summary>
public sealed class OwnGateway : IAsyncLifetime
{
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    public GatewayServer Server { get; private set; } = null!;

    /// <summary>Logged in as the administrator; do not log it out.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await GatewayServer.StartAsync();
        Admin = await Server.CreateAdminClientAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Sets these of the proxy's settings, and all that an earlier test of the class has changed back.</summary>
    public async Task SetAsync(params (string Name, int Value)[] settings)
    {
        foreach (var setting in new ProxySettings().Settings.Where(setting => _changed.Remove(setting.Key)))
        {
            await Admin.PutDataAsync($"/api/admin/configs/{setting.Key}", new { value = setting.Default });
        }

        foreach (var (name, value) in settings)
        {
            _changed.Add($"proxy.{name}");
            await Admin.PutDataAsync($"/api/admin/configs/proxy.{name}", new { value });
        }
    }
}

/// <summary>What operators see of the state of a tenant's account.</summary>
public static class AccountState
{
    /// <summary>Waits until the account serves nobody any more.</summary>
    public static Task BecomesIdleAsync(this HttpClient admin, Tenant tenant) => Eventually.HoldsAsync(
        async () => (await admin.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}")).GetProperty("in_flight").GetInt32() == 0);

    /// <summary>Why the account, or a model of it, is left alone now.</summary>
    public static async Task<IReadOnlyList<string>> CooldownReasonsAsync(this HttpClient admin, Tenant tenant)
    {
        var account = await admin.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}");
        return [.. account.GetProperty("cooldowns").EnumerateArray().Select(cooldown => cooldown.GetProperty("reason").GetString()!)];
    }
}
