using Gateway.Proxy.Formats;
using Gateway.Proxy.Scheduling.Sessions;
using Gateway.Proxy.Scheduling.Signatures;

namespace Gateway.Proxy.Scheduling;

/// <summary>What an answer that begins says of its account: it is well, it keeps the response, its cache is warm now, it signed the reasoning.</summary>
internal sealed class AnswerBindings(ResponseBindings responses, SessionAffinity sessions, SignatureOwners signatures, Cooldowns cooldowns)
{
    /// <summary>Called when something of an answer is about to go to the client, as often as more of it passes. Waits for nothing.</summary>
    public void Keep(ProxyCall call)
    {
        responses.Keep(call);
        sessions.Bind(call);
        signatures.Keep(call);
        if (call.Lease is { } lease)
        {
            // An account that answers is well, and need not wait for the end of a long answer to be used again.
            call.Lease = null;
            if (call.Operation.IsBilled())
            {
                cooldowns.Report(lease.Account.Id, lease.ModelFamily, null, StatusCodes.Status200OK, lease.TakenAt);
            }
        }
    }
}
