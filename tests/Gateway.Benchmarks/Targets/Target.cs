using Gateway.Benchmarks.Load;

namespace Gateway.Benchmarks.Targets;

/// <summary>What the load is sent to.</summary>
/// <param name="Name">Its row in the table.</param>
/// <param name="Url">Its root.</param>
/// <param name="Credential">What a client sends it as a bearer token.</param>
/// <param name="Process">The process whose CPU time is counted; null: nothing stands before the upstream.</param>
internal record Target(string Name, Uri Url, string Credential, ServerProcess? Process)
{
    public Uri ChatUrl { get; } = new(Url, "/v1/chat/completions");

    public string Authorization { get; } = $"Bearer {Credential}";

    /// <summary>Lets the target do what it has put off until after a round, so that the next target has the machine to itself.</summary>
    public virtual Task SettleAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Compares what the target has counted with what it was sent.</summary>
    /// <exception cref="WrongReplyException">It has counted more or less.</exception>
    public virtual Task AuditAsync(long requests, CancellationToken cancellationToken) => Task.CompletedTask;
}
