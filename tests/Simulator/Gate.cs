namespace Simulator;

/// <summary>A point in an answer that waits until the test opens it, so that an order of events needs no clock. Thread-safe.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the waiting answer go on, and every later one pass.</summary>
    public void Open() => _opened.TrySetResult();

    /// <summary>Ends when an answer stands at the gate; everything before it has been handed to the network by then.</summary>
    /// <exception cref="TimeoutException">No answer arrived within <see cref="SimulatedAccount.WaitTimeout"/>.</exception>
    public Task WaitUntilReachedAsync(CancellationToken cancellationToken) =>
        _reached.Task.WaitAsync(SimulatedAccount.WaitTimeout, cancellationToken);

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return _opened.Task.WaitAsync(cancellationToken);
    }
}
