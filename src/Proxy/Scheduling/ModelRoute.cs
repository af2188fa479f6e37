namespace Gateway.Proxy.Scheduling;

/// <summary>An account that may serve the request, and the name of the model there.</summary>
/// <param name="Order">Place of the model in an alias' list: all of a lower place are tried first.</param>
internal readonly record struct Candidate(UpstreamAccount Account, string UpstreamModel, int Order);

/// <summary>Who may serve a request.</summary>
/// <param name="Model">As requested, without a platform prefix.</param>
internal sealed record ModelRoute(string Model, IReadOnlyList<Candidate> Candidates);
