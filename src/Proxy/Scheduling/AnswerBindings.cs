using Gateway.Proxy.Scheduling.Sessions;
using Gateway.Proxy.Scheduling.Signatures;

namespace Gateway.Proxy.Scheduling;

/// <summary>What an answer binds its conversation to: the account that keeps the response, the one whose cache is warm now, the one that signed the reasoning.</summary>
internal sealed class AnswerBindings(ResponseBindings responses, SessionAffinity sessions, SignatureOwners signatures)
{
    /// <summary>Called when something of an answer is about to go to the client, as often as more of it passes. Waits for nothing.</summary>
    public void Keep(ProxyCall call)
    {
        responses.Keep(call);
        sessions.Bind(call);
        signatures.Keep(call);
    }
}
