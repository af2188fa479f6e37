using System.Collections.Concurrent;
using Simulator.Platforms.OpenAi;

namespace Simulator;

/// <summary>
/// Everything scripted and seen for one upstream credential. Tests that use credentials of their own never disturb each other.
/// Thread-safe.
/// </summary>
public sealed class SimulatedAccount
{
    /// <summary>How long the waits below and <see cref="Gate"/> hold out, so that a failed expectation ends its test.</summary>
    public static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<ScriptedAnswer> _script = [];
    private readonly List<ReceivedRequest> _requests = [];
    private readonly List<ReceivedRequest> _finished = [];
    private readonly List<ReceivedRequest> _aborted = [];
    private TaskCompletionSource _changed = NewSignal();
    private int _inFlight;
    private int _unanswered;
    private int _peakInFlight;

    internal SimulatedAccount(string credential)
    {
        Credential = credential;
        Tokens = new SimulatedTokens(credential);
    }

    public string Credential { get; }

    /// <summary>The answer once the queue is empty; null echoes the last user text.</summary>
    public ScriptedAnswer? Default { get; set; }

    /// <summary>The only models this account is entitled to; null is every model the platform knows.</summary>
    public IReadOnlySet<string>? Models { get; set; }

    /// <summary>What the token endpoint of an OAuth account has issued. Forgetting the script does not touch it.</summary>
    public SimulatedTokens Tokens { get; }

    /// <summary>Responses that the platform keeps, with what they were made from, by id.</summary>
    internal ConcurrentDictionary<string, StoredResponse> Stored { get; } = new(StringComparer.Ordinal);

    /// <summary>What was received, oldest first, refused requests included.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => Read(() => _requests.ToArray());

    /// <summary>Those that the platform's rules turned away. A gateway at work leaves this empty.</summary>
    public IReadOnlyList<ReceivedRequest> Refusals => [.. Requests.Where(request => request.Refusal is not null)];

    public int Queued => Read(() => _script.Count);

    public int InFlight => Read(() => _inFlight);

    /// <summary>The most requests that were unanswered at one time: one whose last bytes are on their way counts no more, since its client may have read them.</summary>
    public int PeakInFlight => Read(() => _peakInFlight);

    public int FinishedCount => Read(() => _finished.Count);

    public int AbortedCount => Read(() => _aborted.Count);

    /// <summary>Adds answers, each for one request that the rules accept.</summary>
    public void Enqueue(params ReadOnlySpan<ScriptedAnswer> answers)
    {
        lock (_lock)
        {
            _script.AddRange(answers);
        }
    }

    /// <summary>Replaces everything scripted.</summary>
    public void Script(IEnumerable<ScriptedAnswer> answers, ScriptedAnswer? fallback = null, IReadOnlySet<string>? models = null)
    {
        lock (_lock)
        {
            _script.Clear();
            _script.AddRange(answers);
            Default = fallback;
            Models = models;
        }
    }

    /// <summary>Forgets script, default, models and what was received. Requests in flight go on.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            Script([]);
            Stored.Clear();
            _requests.Clear();
            _finished.Clear();
            _aborted.Clear();
            _peakInFlight = _unanswered;
        }
    }

    /// <summary>Waits for the n-th request, counted from 1.</summary>
    /// <exception cref="TimeoutException">It did not come within <see cref="WaitTimeout"/>.</exception>
    public Task<ReceivedRequest> WaitForRequestAsync(int number = 1, CancellationToken cancellationToken = default) =>
        WaitForAsync(_requests, number, "received", cancellationToken);

    /// <summary>Waits for the n-th request whose whole answer was handed to the network.</summary>
    /// <exception cref="TimeoutException">It did not come within <see cref="WaitTimeout"/>.</exception>
    public Task<ReceivedRequest> WaitForFinishAsync(int number = 1, CancellationToken cancellationToken = default) =>
        WaitForAsync(_finished, number, "finished", cancellationToken);

    /// <summary>Waits for the n-th request whose client left early.</summary>
    /// <exception cref="TimeoutException">It did not come within <see cref="WaitTimeout"/>.</exception>
    public Task<ReceivedRequest> WaitForAbortAsync(int number = 1, CancellationToken cancellationToken = default) =>
        WaitForAsync(_aborted, number, "aborted", cancellationToken);

    /// <summary>Waits until no request is in flight.</summary>
    /// <exception cref="TimeoutException">Some still were after <see cref="WaitTimeout"/>.</exception>
    public Task WaitUntilIdleAsync(CancellationToken cancellationToken = default) =>
        WaitAsync(() => _inFlight == 0 ? this : null, () => $"{_inFlight} requests are still in flight", cancellationToken);

    internal void Received(ReceivedRequest request)
    {
        lock (_lock)
        {
            _requests.Add(request);
            request.Number = _requests.Count;
            _inFlight++;
            _unanswered++;
            _peakInFlight = Math.Max(_peakInFlight, _unanswered);
            SignalChange();
        }
    }

    internal void Ended(ReceivedRequest request, RequestOutcome outcome)
    {
        lock (_lock)
        {
            request.End(outcome);
            _inFlight--;
            NoteAnswered(request);
            if (outcome == RequestOutcome.Finished)
            {
                _finished.Add(request);
            }
            else if (outcome == RequestOutcome.ClientAborted)
            {
                _aborted.Add(request);
            }

            SignalChange();
        }
    }

    /// <summary>The last bytes of the answer are about to go out.</summary>
    internal void Answered(ReceivedRequest request)
    {
        lock (_lock)
        {
            NoteAnswered(request);
        }
    }

    private void NoteAnswered(ReceivedRequest request)
    {
        if (!request.IsAnswered)
        {
            request.IsAnswered = true;
            _unanswered--;
        }
    }

    /// <summary>The answer for this request: the first queued one that fits, else the default; null when nothing was scripted.</summary>
    internal ScriptedAnswer? Take(string path, bool isGeneration)
    {
        lock (_lock)
        {
            var index = _script.FindIndex(Fits);
            if (index < 0)
            {
                return Default is { } fallback && Fits(fallback) ? fallback : null;
            }

            var answer = _script[index];
            _script.RemoveAt(index);
            return answer;
        }

        bool Fits(ScriptedAnswer answer) => answer.Path is null ? isGeneration : answer.Path == path;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void SignalChange()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private T Read<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }

    private Task<ReceivedRequest> WaitForAsync(
        List<ReceivedRequest> requests, int number, string what, CancellationToken cancellationToken) =>
        WaitAsync(
            () => requests.Count >= number ? requests[number - 1] : null,
            () => $"{requests.Count} of {number} requests {what}",
            cancellationToken);

    private async Task<T> WaitAsync<T>(Func<T?> find, Func<string> state, CancellationToken cancellationToken) where T : class
    {
        using var timeout = new CancellationTokenSource(WaitTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (find() is { } found)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{Credential}: {Read(state)} after {WaitTimeout.TotalSeconds:0} s.");
            }
        }
    }
}
