using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling.Concurrency;

namespace Gateway.Proxy.Scheduling;

/// <summary>An account that could not be had, and why.</summary>
/// <param name="Mark">What keeps requests away from it; null: something else.</param>
internal readonly record struct PassedOver(long AccountId, CandidateState State, CooldownMark? Mark);

/// <summary>Whether a candidate can be had for a request at this moment.</summary>
internal enum CandidateState
{
    Ready,

    /// <summary>Its pause is over: one request may try.</summary>
    Probe,

    /// <summary>In trouble that may be over at any moment: only if there is no other.</summary>
    LastResort,

    /// <summary>All its slots are taken.</summary>
    Busy,

    /// <summary>It has reached what its operator lets it be used for.</summary>
    Limited,

    /// <summary>Left alone.</summary>
    Away,

    /// <summary>This request has failed there.</summary>
    Tried,

    /// <summary>Switched off, or waiting for an operator.</summary>
    Disabled,
}

internal static class CandidateStates
{
    /// <summary>Name in logs and in the management API.</summary>
    public static string Name(this CandidateState state) => state switch
    {
        CandidateState.Ready => "ready",
        CandidateState.Probe => "probe",
        CandidateState.LastResort => "last_resort",
        CandidateState.Busy => "busy",
        CandidateState.Limited => "limited",
        CandidateState.Away => "cooling_down",
        CandidateState.Tried => "tried",
        _ => "disabled",
    };
}

/// <summary>What decided for an account.</summary>
internal enum ChosenBy
{
    /// <summary>Priority, load and weight.</summary>
    Load,

    /// <summary>The session is bound to it.</summary>
    Session,

    /// <summary>There is no better one.</summary>
    LastResort,
}

internal static class ChosenByNames
{
    /// <summary>Name in logs and in the management API.</summary>
    public static string Name(this ChosenBy chosenBy) => chosenBy switch
    {
        ChosenBy.Session => "session",
        ChosenBy.LastResort => "last_resort",
        _ => "load",
    };
}

/// <summary>An account for one attempt, or the reason why there is none.</summary>
internal readonly record struct Selection(AccountLease? Lease, Failure? Failure);

/// <summary>The right to use an account for one attempt. Disposing it twice frees once.</summary>
/// <param name="takenAt">When the attempt began.</param>
/// <param name="slots">Where its slot goes back to; null: it has none.</param>
internal sealed class AccountLease(Candidate candidate, DateTimeOffset takenAt, Guid requestId, ConcurrencySlots? slots) : IDisposable
{
    private AccountReservation? _reservation;
    private int _freed;

    public UpstreamAccount Account => candidate.Account;

    public string UpstreamModel => candidate.UpstreamModel;

    /// <summary>What failures of the model there are kept by.</summary>
    public string ModelFamily => candidate.ModelFamily;

    public DateTimeOffset TakenAt => takenAt;

    public ChosenBy ChosenBy { get; init; }

    /// <summary>How long the request waited for a slot.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>Whether an answer from here binds the request's session to the account.</summary>
    public bool Binds { get; init; }

    /// <summary>What the request holds of the account's limits; null: nothing. Given back with the lease, unless somebody takes it over.</summary>
    public AccountReservation? Reservation { init => _reservation = value; }

    /// <summary>From here on whoever calls this settles it.</summary>
    public AccountReservation? TakeReservation() => Interlocked.Exchange(ref _reservation, null);

    public void Dispose()
    {
        TakeReservation()?.Drop();
        if (Interlocked.Exchange(ref _freed, 1) == 0)
        {
            candidate.Account.Load.Leave();
            slots?.Release(candidate.Account.Load.Slots, requestId);
        }
    }
}
