namespace Gateway.Infrastructure.Hosting;

/// <summary>Whether this instance should get traffic.</summary>
internal sealed class Readiness
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;

    public bool IsStarted => _started.Task.IsCompletedSuccessfully;

    public bool IsStopping => _stopping;

    /// <summary>Set while billable work cannot be written down.</summary>
    public bool SpoolFailed { get; set; }

    public void MarkStarted() => _started.TrySetResult();

    public void MarkStopping() => _stopping = true;

    public Task WaitUntilStartedAsync(CancellationToken cancellationToken) => _started.Task.WaitAsync(cancellationToken);
}
