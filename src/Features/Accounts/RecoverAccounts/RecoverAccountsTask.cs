using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Jobs;
using Gateway.Proxy.Scheduling;
using MediatR;

namespace Gateway.Features.Accounts.RecoverAccounts;

/// <summary>Forgets cooldowns that are over. Accounts come back without it, by the next request after a pause; this keeps what is known of them small and true.</summary>
internal sealed class RecoverAccountsTask(CooldownSharing cooldowns) : IScheduledTask
{
    public string Name => "recover_accounts";

    /// <summary>Each instance has a memory of its own.</summary>
    public bool RunsOnEveryInstance => true;

    public TimeSpan Interval(DynamicConfigs configs) => TimeSpan.FromMinutes(1);

    /// <summary>There is no message: nobody asks for this but the schedule.</summary>
    public async Task<GatewayError?> RunAsync(IMediator mediator, CancellationToken cancellationToken)
    {
        await cooldowns.PruneAsync(cancellationToken);
        return null;
    }
}
