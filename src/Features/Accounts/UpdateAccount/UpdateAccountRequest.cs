using System.Text.Json;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Json;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;

namespace Gateway.Features.Accounts.UpdateAccount;

/// <summary>
/// Changes an account. What is absent stays; null clears what may be empty; lists and objects are replaced whole. The platform never changes.
/// Whoever sends the secret to another host has to know it: a new host in <c>base_url</c> or <c>proxy_url</c> needs <c>credentials</c> in the same call.
/// </summary>
public sealed record UpdateAccountRequest : IRequest<Result<AccountView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;

    /// <summary>Name, unique among accounts: 1 to 100 characters.</summary>
    public Optional<string> Name { get; init; }

    /// <summary>All fields of one kind of credentials, as <c>GET /api/admin/platforms</c> lists them. Clears error marks and cooldowns.</summary>
    public Optional<IReadOnlyDictionary<string, JsonElement>> Credentials { get; init; }

    /// <summary>Address of the upstream; null: the platform's own.</summary>
    public Optional<string?> BaseUrl { get; init; }

    /// <summary>Lower is used first: 0 to 1,000,000.</summary>
    public Optional<int> Priority { get; init; }

    /// <summary>Share of the requests among accounts of equal priority: 1 to 1000.</summary>
    public Optional<int> Weight { get; init; }

    /// <summary>Most requests at a time, from 1; null: no limit.</summary>
    public Optional<int?> MaxConcurrency { get; init; }

    /// <summary>Most requests per minute, from 1; null: no limit.</summary>
    public Optional<int?> RequestsPerMinute { get; init; }

    /// <summary>Most tokens per minute, from 1; null: no limit.</summary>
    public Optional<long?> TokensPerMinute { get; init; }

    /// <summary>Most cost per UTC day in US dollars, up to 9 decimals; null or 0: no limit.</summary>
    public Optional<decimal?> DailyBudgetUsd { get; init; }

    /// <summary>Requested names that it serves, at most 1000; empty: all.</summary>
    public Optional<IReadOnlyList<string>> Models { get; init; }

    /// <summary>Requested name → upstream model or Azure deployment, at most 1000.</summary>
    public Optional<IReadOnlyDictionary<string, string>> ModelMapping { get; init; }

    /// <summary>Group that API keys may be tied to, up to 64 characters; null: none.</summary>
    public Optional<string?> Group { get; init; }

    /// <summary>Outbound proxy; null: none. The covered form of the present one, as replies show it, changes nothing.</summary>
    public Optional<string?> ProxyUrl { get; init; }

    /// <summary>Whether it is used.</summary>
    public Optional<bool> Enabled { get; init; }

    /// <summary>Rarely needed settings.</summary>
    public Optional<AccountOptions> Options { get; init; }

    internal long Id { get; init; }

    internal string? IfMatch { get; init; }
}
