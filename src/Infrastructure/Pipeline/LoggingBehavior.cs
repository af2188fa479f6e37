using MediatR;

namespace Gateway.Infrastructure.Pipeline;

/// <summary>One debug line for each message: its name, how long it took, how it ended.</summary>
internal sealed partial class LoggingBehavior<TRequest, TResponse>(ILogger<LoggingBehavior<TRequest, TResponse>> logger, TimeProvider clock)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
    where TResponse : IFailable<TResponse>
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var started = clock.GetTimestamp();
        var response = await next();
        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Handled(logger, typeof(TRequest).Name, response.Error?.Id ?? "success", clock.GetElapsedTime(started).TotalMilliseconds);
        }

        return response;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Message}: {Outcome} in {ElapsedMs:0.0} ms")]
        public static partial void Handled(ILogger logger, string message, string outcome, double elapsedMs);
    }
}
