using StackExchange.Redis;

namespace Gateway.Proxy.Scheduling.Concurrency;

/// <summary>
/// The requests that one account, or one API key, may serve at the same time. The slots are in Redis, for all instances; here is what this instance holds of them, and who waits here, first come first.
/// Thread-safe.
/// </summary>
/// <param name="name">Of the slots in Redis; the names of the queue begin with it.</param>
internal sealed class SlotPool(string name)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Guid> _held = [];
    private readonly LinkedList<SlotPlace> _waiting = [];
    private readonly LinkedList<SlotPlace> _watching = [];
    private DateTimeOffset _fullUntil;

    /// <summary>Slots, queue, and when those in the queue were last heard of: in one Cluster slot.</summary>
    public RedisKey[] Keys { get; } = [name, $"{name}:queue", $"{name}:seen"];

    public RedisKey Slots => Keys[0];

    /// <summary>What this instance holds, as it is now.</summary>
    public Guid[] Held
    {
        get
        {
            lock (_lock)
            {
                return [.. _held];
            }
        }
    }

    /// <summary>How many wait here for a slot.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Whether it is known here, without asking Redis, that there is no slot for a request: all are taken, or others came before it.</summary>
    /// <param name="asking">The request's place in another queue; null: it waits nowhere.</param>
    public bool IsFull(int most, DateTimeOffset now, SlotPlace? asking)
    {
        lock (_lock)
        {
            return _held.Count >= most || now < _fullUntil || IsBefore(_waiting, asking) || IsBefore(_watching, asking);
        }
    }

    /// <summary>Notes that Redis had no free slot: until something is freed here or a moment has passed there is no need to ask again.</summary>
    public void NoteFull(DateTimeOffset until)
    {
        lock (_lock)
        {
            _fullUntil = until;
        }
    }

    /// <summary>Notes a slot that Redis gave.</summary>
    public void Hold(Guid id)
    {
        lock (_lock)
        {
            _held.Add(id);
        }
    }

    /// <summary>Takes a slot by what is known here: Redis is away.</summary>
    /// <param name="place">Null: without waiting, so nobody may be waiting.</param>
    public bool TryHold(Guid id, int most, SlotPlace? place)
    {
        lock (_lock)
        {
            return _held.Count < most && _waiting.First?.Value == place && _held.Add(id);
        }
    }

    public bool IsHeld(Guid id)
    {
        lock (_lock)
        {
            return _held.Contains(id);
        }
    }

    /// <summary>Whoever waits first, here or elsewhere, may look for the slot.</summary>
    public void Free(Guid id)
    {
        lock (_lock)
        {
            _held.Remove(id);
            _fullUntil = default;
            WakeFirst();
        }
    }

    public bool TryEnter(SlotPlace place, int longest)
    {
        lock (_lock)
        {
            if (_waiting.Count >= longest)
            {
                return false;
            }

            _waiting.AddLast(place);
            return true;
        }
    }

    public void Leave(SlotPlace place)
    {
        lock (_lock)
        {
            var wasFirst = _waiting.First?.Value == place || _watching.First?.Value == place;
            _waiting.Remove(place);
            _watching.Remove(place);
            if (wasFirst)
            {
                WakeFirst();
            }
        }
    }

    /// <summary>Tells a request that waits elsewhere when a slot is freed here.</summary>
    public void Watch(SlotPlace place)
    {
        lock (_lock)
        {
            _watching.AddLast(place);
        }
    }

    public bool IsFirst(SlotPlace place)
    {
        lock (_lock)
        {
            return _waiting.First?.Value == place;
        }
    }

    /// <summary>Whether somebody who came earlier waits elsewhere, and would take a slot from here as well.</summary>
    public bool IsWatchedByEarlier(SlotPlace place)
    {
        lock (_lock)
        {
            return IsBefore(_watching, place);
        }
    }

    private static bool IsBefore(LinkedList<SlotPlace> places, SlotPlace? asking) =>
        places.First is { } first && (asking is null || first.Value.Number < asking.Number);

    private void WakeFirst()
    {
        _waiting.First?.Value.Wake();
        _watching.First?.Value.Wake();
    }
}
