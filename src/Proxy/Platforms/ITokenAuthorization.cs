using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Platforms;

/// <summary>An adapter some of whose accounts have no lasting credential: a token has to be fetched for it.</summary>
internal interface ITokenAuthorization
{
    /// <summary>Adds the account's token to a request, if the account is one of those. Usually there is one at hand.</summary>
    /// <returns>Why there is no token; null: the request may go.</returns>
    ValueTask<Failure?> AuthorizeAsync(HttpRequestMessage request, UpstreamAccount account, CancellationToken cancellationToken);
}
