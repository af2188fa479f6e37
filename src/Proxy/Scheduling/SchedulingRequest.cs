using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Scheduling.Concurrency;

namespace Gateway.Proxy.Scheduling;

/// <summary>What a choice goes by, and what became of it: one for each request. Not thread-safe.</summary>
/// <param name="id">The request's: slots are held by it.</param>
/// <param name="isLimited">Whether it counts for the limits of accounts on requests at the same time.</param>
internal sealed class SchedulingRequest(Guid id, ModelRoute route, bool isLimited = true)
{
    // Each costs a round trip to Redis: then it is better to wait in one queue, if that may be.
    private const int MostAsked = 3;
    private const int MostAskedWithoutQueue = 20;

    private const int MostNoted = 20;

    private readonly List<long> _queuesFull = [];
    private List<(long AccountId, DateTimeOffset Until)>? _limited;
    private AccountReservation? _reservation;
    private List<PassedOver>? _passedOver;
    private int _asked;

    public Guid Id => id;

    public ModelRoute Route => route;

    public bool IsLimited => isLimited;

    /// <summary>The account that the request's session is bound to; null: none.</summary>
    public long? BoundAccountId { get; init; }

    /// <summary>Whether the session was guessed from how the conversation begins.</summary>
    public bool IsGuess { get; init; }

    /// <summary>How long it may wait for a slot at most, besides what the settings say.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.MaxValue;

    /// <summary>Asks for room in the limits of an account; null: the request does not count for them.</summary>
    public Func<Candidate, ValueTask<AccountAllowance>>? Reserve { get; init; }

    public TriedAccounts Tried { get; } = new();

    /// <summary>Where it waits for a slot; null: nowhere.</summary>
    public SlotPlace? Place { get; set; }

    /// <summary>Whether so many accounts have said that they are full that no other one is worth asking before the next wait.</summary>
    public bool HasAskedEnough => _asked >= (MayWait ? MostAsked : MostAskedWithoutQueue);

    /// <summary>Whether there is time left to wait for a slot.</summary>
    public bool MayWait { get; set; } = true;

    public bool HasFoundQueuesFull => _queuesFull.Count > 0;

    /// <summary>Accounts that could not be had at the last choice, as many as a log should hold.</summary>
    public IReadOnlyList<PassedOver> PassedOver => _passedOver ?? [];

    public void PassOver(in PassedOver account)
    {
        if ((_passedOver ??= []).Count < MostNoted)
        {
            _passedOver.Add(account);
        }
    }

    public void BeginLook() => _passedOver?.Clear();

    /// <summary>An account has said that it is full.</summary>
    public void NoteFull() => _asked++;

    /// <summary>Some time has passed: accounts may be asked again.</summary>
    public void NoteWait() => _asked = 0;

    /// <summary>So many wait for an account that nobody else may.</summary>
    public void NoteQueueFull(long accountId) => _queuesFull.Add(accountId);

    public bool MayQueueAt(long accountId) => !_queuesFull.Contains(accountId);

    /// <summary>It holds something of the limits of the account that is being chosen.</summary>
    public void Hold(AccountReservation? reservation) => _reservation = reservation;

    /// <summary>From here on whoever calls this answers for it; null: it holds nothing.</summary>
    public AccountReservation? TakeReservation() => Interlocked.Exchange(ref _reservation, null);

    /// <summary>The limits of an account have no room for this request, until then at least.</summary>
    public void NoteLimited(long accountId, DateTimeOffset until) => (_limited ??= []).Add((accountId, until));

    /// <summary>Until when it is no use to ask an account; null: it may be asked.</summary>
    public DateTimeOffset? LimitedUntil(UpstreamAccount account, DateTimeOffset now)
    {
        if (!account.Limits.HasAny)
        {
            return null;
        }

        foreach (var (accountId, until) in _limited ?? [])
        {
            if (accountId == account.Id)
            {
                return until;
            }
        }

        return account.Limits.ReachedUntil is var reached && reached > now ? reached : null;
    }

    /// <summary>Leaves the queue, if it stands in one.</summary>
    public void LeaveQueue()
    {
        Place?.Dispose();
        Place = null;
    }
}
