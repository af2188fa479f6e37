using Gateway.Infrastructure.Configs;

namespace Gateway.Proxy;

/// <summary>Time limits and tries of proxied requests.</summary>
internal sealed class ProxySettings : IHaveSettings
{
    public static readonly Setting<int> HeadersSeconds = new(
        "proxy.headers_seconds", 600, "Longest wait for an upstream's status line, in seconds: models may think for minutes.", SettingChecks.Between(1, 3600));

    public static readonly Setting<int> FirstEventSeconds = new(
        "proxy.first_event_seconds",
        600,
        "Longest wait from sending a request to the first content of its answer (of a whole body: its first byte), in seconds, whatever else an upstream sends meanwhile. Models that reason "
            + "may send nothing for minutes. Then another account is tried, if it is still within proxy.retry_seconds.",
        SettingChecks.Between(1, 3600));

    public static readonly Setting<int> IdleSeconds = new(
        "proxy.idle_seconds", 120, "Longest silence inside an upstream's answer, in seconds.", SettingChecks.Between(1, 3600));

    public static readonly Setting<int> TotalSeconds = new(
        "proxy.total_seconds",
        1800,
        "Longest time from a request's arrival to the end of its answer, in seconds. A stream that takes longer ends in an error, and what the client has got of it is billed.",
        SettingChecks.Between(1, 86_400));

    public static readonly Setting<int> FlushSeconds = new(
        "proxy.flush_seconds", 30, "Longest time that a client may leave an answer unread, in seconds.", SettingChecks.Between(1, 600));

    public static readonly Setting<int> MostAttempts = new(
        "proxy.most_attempts", 3, "How many accounts one request may try.", SettingChecks.Between(1, 10));

    public static readonly Setting<int> RetrySeconds = new(
        "proxy.retry_seconds", 30, "No new attempt starts later than this after the request came, in seconds, nor than the client's own limit (x-stainless-timeout).", SettingChecks.Between(0, 600));

    public static readonly Setting<int> KeepAliveSeconds = new(
        "proxy.keep_alive_seconds", 15, "How long a client's stream may be silent before it gets a sign of life, in seconds.", SettingChecks.Between(1, 600));

    public static readonly Setting<int> CommitAfterSeconds = new(
        "proxy.commit_after_seconds",
        20,
        "How long a stream's status line waits for the platform's first word, in seconds: until then another account may be tried.",
        SettingChecks.Between(1, 600));

    public IEnumerable<Setting> Settings => [HeadersSeconds, FirstEventSeconds, IdleSeconds, TotalSeconds, FlushSeconds, MostAttempts, RetrySeconds, KeepAliveSeconds, CommitAfterSeconds];
}
