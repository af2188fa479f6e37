using Gateway.Infrastructure.Configs;

namespace Gateway.Proxy.Scheduling.Sessions;

/// <summary>How long sessions stay with their accounts.</summary>
internal sealed class SessionSettings : IHaveSettings
{
    public static readonly Setting<int> LifetimeSeconds = new(
        "scheduling.session_seconds", 3600, "How long after its last request a session stays with its account, in seconds; 0: sessions are not kept together.", SettingChecks.Between(0, 86_400));

    public IEnumerable<Setting> Settings => [LifetimeSeconds];
}
