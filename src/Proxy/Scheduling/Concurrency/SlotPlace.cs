namespace Gateway.Proxy.Scheduling.Concurrency;

/// <summary>What came of asking for a slot.</summary>
internal enum SlotAnswer
{
    Taken,
    Waiting,

    /// <summary>So many wait already that waiting is of no use.</summary>
    QueueFull,
}

/// <summary>A place in the queue for a slot: first come first served, on all instances. Disposing it leaves the queue. Not thread-safe but for <see cref="Wake"/>.</summary>
/// <param name="enteredAt">A timestamp of the clock.</param>
internal sealed class SlotPlace(ConcurrencySlots slots, SlotPool pool, Guid id, int most, long enteredAt, TimeProvider clock) : IDisposable
{
    // A slot that another instance frees is found this late at most.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    // So long one who came later leaves a slot to one who came earlier and waits elsewhere.
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(300);

    // Those behind the first ask only to say that they are still there.
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(1);

    private static long _last;

    private readonly List<SlotPool> _watched = [];
    private TaskCompletionSource _woken = New();
    private long? _askedAt;
    private bool _isTaken;

    public SlotPool Pool => pool;

    public Guid Id => id;

    public int Most => most;

    /// <summary>Who came earlier has a lower one.</summary>
    public long Number { get; } = Interlocked.Increment(ref _last);

    public TimeSpan Waited => clock.GetElapsedTime(enteredAt);

    /// <summary>Asks for the slot, if it may be this one's turn.</summary>
    public async ValueTask<SlotAnswer> AskAsync()
    {
        if ((_askedAt is { } at && !pool.IsFirst(this) && clock.GetElapsedTime(at) < SignOfLife) || (Waited < Courtesy && pool.IsWatchedByEarlier(this)))
        {
            return SlotAnswer.Waiting;
        }

        _askedAt = clock.GetTimestamp();
        var answer = await slots.AskAsync(this);
        _isTaken = answer == SlotAnswer.Taken;
        return answer;
    }

    /// <summary>Waits until there may be something new.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _woken.Task.WaitAsync(Poll, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (_woken.Task.IsCompleted)
        {
            _woken = New();
        }
    }

    /// <summary>Wakes this one, too, when a slot of another pool is freed that would serve it as well.</summary>
    public void Watch(SlotPool other)
    {
        other.Watch(this);
        _watched.Add(other);
    }

    public void Wake() => _woken.TrySetResult();

    public void Dispose()
    {
        pool.Leave(this);
        _watched.ForEach(other => other.Leave(this));
        if (!_isTaken && _askedAt is not null)
        {
            slots.LeaveQueue(this);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
