using Gateway.Infrastructure.Configs;
using MediatR;

namespace Gateway.Infrastructure.Jobs;

/// <summary>Background work that a slice declares beside its message. Jobs sends the message.</summary>
internal interface IScheduledTask
{
    /// <summary>Name of the lock and in the log.</summary>
    string Name { get; }

    TimeSpan Interval(DynamicConfigs configs);

    bool IsEnabled(DynamicConfigs configs) => true;

    /// <summary>Whether every instance runs it, and has a part of the work that nobody else can do; otherwise one at a time does.</summary>
    bool RunsOnEveryInstance => false;

    /// <summary>Whether there is so much to do already that the interval should not be waited for.</summary>
    bool IsDueEarly => false;

    /// <summary>Sends the slice's message; the failure, if it failed as expected failures do.</summary>
    Task<GatewayError?> RunAsync(IMediator mediator, CancellationToken cancellationToken);
}
