using Gateway.Infrastructure.Configs;
using MediatR;

namespace Gateway.Infrastructure.Jobs;

/// <summary>Background work that a slice declares beside its message. Jobs sends the message; one instance at a time.</summary>
internal interface IScheduledTask
{
    /// <summary>Name of the lock and in the log.</summary>
    string Name { get; }

    TimeSpan Interval(DynamicConfigs configs);

    bool IsEnabled(DynamicConfigs configs) => true;

    /// <summary>Sends the slice's message; the failure, if it failed as expected failures do.</summary>
    Task<GatewayError?> RunAsync(IMediator mediator, CancellationToken cancellationToken);
}
