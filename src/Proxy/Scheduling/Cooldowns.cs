using System.Collections.Concurrent;
using System.Threading.Channels;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Scheduling;

/// <summary>Whether an account may be used for a model family now.</summary>
internal enum AccountReadiness
{
    Ready,

    /// <summary>Its pause is over: one request may try, the others wait for what comes of it.</summary>
    Probe,

    /// <summary>Left alone, unless there is no other.</summary>
    LastResort,

    /// <summary>Left alone.</summary>
    Away,
}

/// <summary>A change that other instances must know.</summary>
/// <param name="Mark">What was set; null: what was set before <paramref name="At"/> is gone.</param>
/// <param name="ModelFamily">Null: of every family.</param>
internal readonly record struct CooldownChange(long AccountId, string? ModelFamily, CooldownMark? Mark, DateTimeOffset At);

/// <summary>What every account has lately done, as far as it keeps requests away from it. In memory; <see cref="CooldownSharing"/> tells the other instances. Thread-safe.</summary>
internal sealed class Cooldowns(TimeProvider clock)
{
    /// <summary>Longer no attempt takes: what was recovered before concerns none that is under way.</summary>
    public static readonly TimeSpan LongestAttempt = TimeSpan.FromHours(2);

    // How long the request that tries may take before another one may.
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(60);

    // Names of models come from clients.
    private const int MostMarks = 20_000;

    private readonly ConcurrentDictionary<(long AccountId, string ModelFamily), Entry> _entries = new();
    private readonly Channel<CooldownChange> _changes = Channel.CreateBounded<CooldownChange>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    // When operators recovered accounts.
    private readonly ConcurrentDictionary<long, DateTimeOffset> _recoveries = new();

    // How many marks there are of the accounts that share a place here. Most have none, and every candidate of every request is asked: this is ten times as fast as looking for its marks.
    private readonly int[] _near = new int[4096];
    private int _count;

    /// <summary>What this instance has changed, in order.</summary>
    public ChannelReader<CooldownChange> Changes => _changes.Reader;

    public IEnumerable<CooldownMark> All => _entries.Values.Select(entry => entry.Mark);

    /// <param name="reason">The mark that counts; null: <see cref="AccountReadiness.Ready"/>.</param>
    public AccountReadiness Of(long accountId, string family, out CooldownMark? reason)
    {
        reason = null;
        if (Volatile.Read(ref MarksNear(accountId)) == 0)
        {
            return AccountReadiness.Ready;
        }

        var now = clock.GetUtcNow();
        var whole = Of(_entries.GetValueOrDefault((accountId, "")), now, out var ofWhole);
        var part = Of(_entries.GetValueOrDefault((accountId, family)), now, out var ofPart);

        // Both have to end: the worse one counts, and of equals the later.
        reason = whole > part || (whole == part && ofWhole?.Until > ofPart?.Until) ? ofWhole : ofPart;
        return whole > part ? whole : part;
    }

    /// <summary>Takes the right to try an account whose pause is over.</summary>
    /// <returns>False: another request has it.</returns>
    public bool TryProbe(long accountId, string family)
    {
        var now = clock.GetUtcNow();
        Entry? taken = null;
        foreach (var key in (ReadOnlySpan<(long, string)>)[(accountId, ""), (accountId, family)])
        {
            if (_entries.TryGetValue(key, out var entry) && IsOver(entry.Mark, now))
            {
                if (!entry.TryProbe(now, ProbeLimit))
                {
                    taken?.Release();
                    return false;
                }

                taken = entry;
            }
        }

        return true;
    }

    /// <summary>Takes in what came of an attempt.</summary>
    /// <param name="failure">Null: success.</param>
    /// <param name="status">The upstream's status; 0: there was no answer.</param>
    /// <param name="startedAt">When the attempt began.</param>
    public void Report(long accountId, string family, Failure? failure, int status, DateTimeOffset startedAt)
    {
        if (failure is null)
        {
            Clear(accountId, family, startedAt);
            Clear(accountId, "", startedAt);
            return;
        }

        if (IsOverruled(accountId, startedAt))
        {
            Release(accountId, family);
            return;
        }

        var mark = CooldownPolicy.After(accountId, family, failure, status, scope => _entries.GetValueOrDefault((accountId, scope))?.Mark, clock.GetUtcNow(), Random.Shared.NextDouble()) is { } made
            ? made with { BeganAt = startedAt }
            : null;
        if (mark is not null && Set(mark) && !mark.IsOfANameOnly)
        {
            _changes.Writer.TryWrite(new CooldownChange(accountId, mark.ModelFamily, mark, mark.Since));
        }

        Release(accountId, family);
    }

    /// <summary>An attempt that proves nothing has ended: another may try.</summary>
    public void Release(long accountId, string family)
    {
        foreach (var scope in (ReadOnlySpan<string>)["", family])
        {
            if (_entries.TryGetValue((accountId, scope), out var entry))
            {
                entry.Release();
            }
        }
    }

    /// <summary>Forgets everything of an account that was set until now, and what attempts that have begun by now may still say against it.</summary>
    public void Recover(long accountId)
    {
        var now = clock.GetUtcNow();
        NoteRecovery(accountId, now);
        _changes.Writer.TryWrite(new CooldownChange(accountId, null, null, now));
    }

    /// <summary>Takes in that an operator recovered an account.</summary>
    public void NoteRecovery(long accountId, DateTimeOffset at)
    {
        _recoveries.AddOrUpdate(accountId, at, (_, known) => known > at ? known : at);
        foreach (var pair in _entries)
        {
            if (pair.Key.AccountId == accountId && pair.Value.Mark.BeganAt <= at)
            {
                Remove(pair);
            }
        }
    }

    /// <summary>Takes in what another instance has set; the later end counts.</summary>
    /// <returns>Whether it was news.</returns>
    public bool Set(CooldownMark mark)
    {
        while (true)
        {
            if (IsOverruled(mark.AccountId, mark.BeganAt))
            {
                return false;
            }

            if (!_entries.TryGetValue((mark.AccountId, mark.ModelFamily), out var entry))
            {
                if (Volatile.Read(ref _count) >= (mark.IsOfANameOnly ? MostMarks / 2 : MostMarks))
                {
                    return true;
                }

                if (_entries.TryAdd((mark.AccountId, mark.ModelFamily), new Entry(mark)))
                {
                    Interlocked.Increment(ref _count);
                    Interlocked.Increment(ref MarksNear(mark.AccountId));
                    return true;
                }
            }
            else if (entry.Mark.Until > mark.Until || (entry.Mark.Until == mark.Until && entry.Mark.Count >= mark.Count))
            {
                return false;
            }
            else if (_entries.TryUpdate((mark.AccountId, mark.ModelFamily), new Entry(mark), entry))
            {
                return true;
            }
        }
    }

    /// <summary>Forgets what was set before a time.</summary>
    /// <param name="family">Null: every family, and the account as a whole.</param>
    public void Forget(long accountId, string? family, DateTimeOffset before)
    {
        foreach (var (key, entry) in _entries)
        {
            if (key.AccountId == accountId && (family is null || key.ModelFamily == family) && entry.Mark.Since <= before)
            {
                Remove(KeyValuePair.Create(key, entry));
            }
        }
    }

    /// <summary>Forgets what is of no use any more, not even to let the next pause grow.</summary>
    public void Prune()
    {
        var now = clock.GetUtcNow();
        foreach (var pair in _entries)
        {
            if (now - pair.Value.Mark.Until > CooldownPolicy.Memory)
            {
                Remove(pair);
            }
        }

        foreach (var recovery in _recoveries)
        {
            if (now - recovery.Value > LongestAttempt)
            {
                _recoveries.TryRemove(recovery);
            }
        }
    }

    private bool IsOverruled(long accountId, DateTimeOffset beganAt) => _recoveries.TryGetValue(accountId, out var recoveredAt) && beganAt <= recoveredAt;

    private void Clear(long accountId, string family, DateTimeOffset startedAt)
    {
        // What failed after this attempt began is newer than its success.
        if (_entries.TryGetValue((accountId, family), out var entry) && entry.Mark.Since <= startedAt && Remove(KeyValuePair.Create((accountId, family), entry)))
        {
            _changes.Writer.TryWrite(new CooldownChange(accountId, family, null, startedAt));
        }
    }

    private ref int MarksNear(long accountId) => ref _near[(int)((ulong)accountId % (ulong)_near.Length)];

    private bool Remove(KeyValuePair<(long AccountId, string ModelFamily), Entry> pair)
    {
        var isRemoved = _entries.TryRemove(pair);
        if (isRemoved)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Decrement(ref MarksNear(pair.Key.AccountId));
        }

        return isRemoved;
    }

    private static AccountReadiness Of(Entry? entry, DateTimeOffset now, out CooldownMark? reason)
    {
        reason = entry?.Mark;
        if (entry is not { Mark: { IsPause: true } mark })
        {
            return AccountReadiness.Ready;
        }

        return now < mark.Until ? mark.IsSoft ? AccountReadiness.LastResort : AccountReadiness.Away
            : entry.IsProbed(now, ProbeLimit) ? AccountReadiness.LastResort
            : AccountReadiness.Probe;
    }

    private static bool IsOver(CooldownMark mark, DateTimeOffset now) => mark.IsPause && mark.Until <= now;

    private sealed class Entry(CooldownMark mark)
    {
        private long _probedAt; // Ticks; 0: nobody tries.

        public CooldownMark Mark { get; } = mark;

        public bool IsProbed(DateTimeOffset now, TimeSpan limit) => Interlocked.Read(ref _probedAt) is > 0 and var at && now.UtcTicks - at < limit.Ticks;

        public bool TryProbe(DateTimeOffset now, TimeSpan limit)
        {
            var at = Interlocked.Read(ref _probedAt);
            return (at == 0 || now.UtcTicks - at >= limit.Ticks) && Interlocked.CompareExchange(ref _probedAt, now.UtcTicks, at) == at;
        }

        public void Release() => Interlocked.Exchange(ref _probedAt, 0);
    }
}
