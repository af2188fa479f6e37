using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Hosting;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Scheduling.Concurrency;
using Gateway.Proxy.Scheduling.Sessions;
using Gateway.Proxy.Scheduling.Signatures;
using Gateway.Proxy.Streaming;

namespace Gateway.Proxy;

/// <summary>One attempt at an account, for the request's trace.</summary>
/// <param name="Status">The upstream's status; 0: there was no answer.</param>
/// <param name="Failure">Null: success.</param>
/// <param name="ChosenBy">What decided for the account.</param>
/// <param name="WaitedMs">How long the request waited for a slot of the account.</param>
/// <param name="PassedOver">Accounts that could not be had at this choice.</param>
/// <param name="LostNanoUsd">What the platform reported for an attempt that failed, at list price: the operator pays it, and no record has it, since another attempt was made.</param>
internal readonly record struct AttemptTrace(
    long AccountId, string UpstreamModel, int Status, Failure? Failure, long DurationMs, ChosenBy ChosenBy, long WaitedMs, PassedOver[] PassedOver, long LostNanoUsd);

/// <summary>Everything about one proxied request while it runs. Owned by one request; not thread-safe.</summary>
internal sealed class ProxyCall(HttpContext http, ClientFormat format, Operation operation, string endpoint, TimeProvider clock)
{
    public HttpContext Http { get; } = http;

    public ClientFormat Format { get; } = format;

    public Operation Operation { get; } = operation;

    public string Endpoint { get; } = endpoint;

    public ApiKeyIdentity Key { get; } = http.ApiKey();

    public Guid RequestId { get; } = http.RequestId();

    /// <summary>When the request came, by Redis' clock: in the windows of that time it counts.</summary>
    public required DateTime CreatedAtUtc { get; set; }

    public long StartedTimestamp { get; } = clock.GetTimestamp();

    public InspectedRequest Request { get; set; } = new();

    public ModelRoute? Route { get; set; }

    /// <summary>The conversation that the request belongs to; null: none that can be told.</summary>
    public SessionKey? Session { get; set; }

    /// <summary>The account that the session was bound to when the request came; null: none.</summary>
    public long? BoundAccountId { get; set; }

    /// <summary>Whether the answer of the present attempt binds the session to its account.</summary>
    public bool BindsSession { get; set; }

    /// <summary>The account of the present attempt, until its answer has begun; null: it has, or there is none.</summary>
    public AccountLease? Lease { get; set; }

    /// <summary>How long the request waited for a slot of its API key.</summary>
    public TimeSpan KeyWaited { get; set; }

    /// <summary>Who signed the reasoning that the client sends back; null: it sends none.</summary>
    public SignedReasoning? Signed { get; set; }

    /// <summary>A platform has refused signed reasoning: none goes out any more.</summary>
    public bool LeavesOutSigned { get; set; }

    /// <summary>Whether reasoning that the present attempt's account signs is of use to no other.</summary>
    public bool KeepsSignatures { get; set; }

    /// <summary>How many of the answer's signatures are remembered as the account's.</summary>
    public int KeptSignatures { get; set; }

    /// <summary>What the request may use of the limits of its API key; null: none of them concerns it.</summary>
    public Reservation? Reservation { get; set; }

    /// <summary>What the present attempt holds of the limits of its account; null: nothing.</summary>
    public AccountReservation? AccountReservation { get; set; }

    /// <summary>The API key's slots, of which this request has one or waits for one; null: the key has no limit.</summary>
    public SlotPool? KeySlots { get; set; }

    /// <summary>Accounts that could not be had when no other could either.</summary>
    public PassedOver[] PassedOver { get; set; } = [];

    public List<AttemptTrace> Attempts { get; } = [];

    /// <summary>The account of the last attempt.</summary>
    public UpstreamAccount? Account { get; set; }

    public string? UpstreamModel { get; set; }

    /// <summary>Reader of the last attempt's answer; null: there is nothing in it to bill.</summary>
    public AnswerReader? Reader { get; set; }

    /// <summary>The request in neutral words, once an account needed them.</summary>
    public NeutralRequest? Neutral { get; set; }

    /// <summary>Where the last attempt went and what was lost on the way; null: the request went as it is.</summary>
    public RequestTarget? Target { get; set; }

    /// <summary>Turns the last attempt's answer into the client's format; null: it passes as it is.</summary>
    public BodyConverter? Converter { get; set; }

    /// <summary>Puts the answer's events into what the client reads; null: they go as they are.</summary>
    public StreamFraming? Framing { get; } = format.CreateFraming();

    /// <summary>How many of the answer's ids are remembered as its account's.</summary>
    public int BoundIds { get; set; }

    /// <summary>The platform's own id of the last attempt; null: it gave none.</summary>
    public string? UpstreamRequestId { get; set; }

    /// <summary>When something about the request was last written to the spool.</summary>
    public long SpooledTimestamp { get; set; }

    /// <summary>Whether an upstream got the request: then there is something to record.</summary>
    public bool ReachedUpstream { get; set; }

    /// <summary>How the request failed; null: it did not.</summary>
    public Failure? Failure { get; set; }

    /// <summary>Whether the client has been told of a failure inside its stream.</summary>
    public bool HasStreamError { get; set; }

    /// <summary>When the first content went to the client; null: never.</summary>
    public TimeSpan? FirstToken { get; set; }
}
