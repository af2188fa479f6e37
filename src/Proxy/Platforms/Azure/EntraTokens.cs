using System.Collections.Concurrent;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Platforms.Azure;

/// <summary>A token for requests, or why there is none.</summary>
internal readonly record struct TokenResult(string? Token, Failure? Failure)
{
    // Not the record's own: a token must not be printed.
    public override string ToString() => Failure?.Message ?? "a token";
}

/// <summary>The tokens of Microsoft Entra ID applications, one for each account, in memory only. Thread-safe.</summary>
internal sealed class EntraTokens(EntraOptions options, TimeProvider clock, ILoggerFactory loggers)
{
    // One entry for each account that was ever used: it outlives the snapshots of accounts, which change with every account.
    private readonly ConcurrentDictionary<long, EntraToken> _byAccount = new();
    private readonly ILogger _logger = loggers.CreateLogger<EntraTokens>();

    /// <exception cref="OperationCanceledException">The caller gave up; the token is fetched for others all the same.</exception>
    public ValueTask<TokenResult> GetAsync(UpstreamAccount account, CancellationToken cancellationToken)
    {
        if (!_byAccount.TryGetValue(account.Id, out var token) || !token.IsOf(account.Credentials))
        {
            var created = new EntraToken(account.Credentials, options, clock, _logger);
            token = _byAccount.AddOrUpdate(account.Id, created, (_, known) => known.IsOf(account.Credentials) ? known : created);
        }

        return token.GetAsync(account, cancellationToken);
    }
}
