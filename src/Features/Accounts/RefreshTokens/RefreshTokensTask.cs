using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Jobs;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Tokens;
using MediatR;

namespace Gateway.Features.Accounts.RefreshTokens;

/// <summary>Renews the tokens of OAuth accounts ahead of their end, so that no request waits for that.</summary>
internal sealed class RefreshTokensTask(AccountDirectory accounts, TokenRefresher refresher) : IScheduledTask, IHaveSettings
{
    // The longest leaves a second chance within the five minutes before a token's end.
    public static readonly Setting<int> IntervalSeconds = new(
        "tokens.refresh_interval", 60, "Seconds between two looks for OAuth tokens that end soon.", SettingChecks.Between(1, 120));

    public string Name => "refresh_tokens";

    /// <summary>Each account has a lock of its own, and an instance that is slow with one must not hold up the others.</summary>
    public bool RunsOnEveryInstance => true;

    public IEnumerable<Setting> Settings => [IntervalSeconds];

    public TimeSpan Interval(DynamicConfigs configs) => TimeSpan.FromSeconds(configs.Get(IntervalSeconds));

    /// <summary>There is no message: nobody asks for this but the schedule, and what fails is logged by account and tried again.</summary>
    public async Task<GatewayError?> RunAsync(IMediator mediator, CancellationToken cancellationToken)
    {
        await refresher.RefreshDueAsync(accounts.Snapshot.All, cancellationToken);
        return null;
    }
}
