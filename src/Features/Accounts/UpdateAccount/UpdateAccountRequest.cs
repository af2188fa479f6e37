using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Json;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;

namespace Gateway.Features.Accounts.UpdateAccount;

/// <summary>
/// Changes an account. What is absent stays; null clears what may be empty; lists and objects are replaced whole. The platform never changes.
/// Whoever sends the secret to another host has to know it: a new host in <c>base_url</c> or <c>proxy_url</c> needs <c>credentials</c> in the same call.
/// </summary>
/// <param name="Name">Name, unique among accounts: 1 to 100 characters.</param>
/// <param name="Credentials">All fields of one kind of credentials, as <c>GET /api/admin/platforms</c> lists them. Clears error marks and cooldowns.</param>
/// <param name="BaseUrl">Address of the upstream; null: the platform's own.</param>
/// <param name="Priority">Lower is used first: 0 to 1,000,000.</param>
/// <param name="Weight">Share of the requests among accounts of equal priority: 1 to 1000.</param>
/// <param name="MaxConcurrency">Most requests at a time, from 1; null: no limit.</param>
/// <param name="RequestsPerMinute">Most requests per minute, from 1; null: no limit.</param>
/// <param name="TokensPerMinute">Most tokens per minute, from 1; null: no limit.</param>
/// <param name="DailyBudgetUsd">Most cost per UTC day in US dollars, up to 9 decimals; null or 0: no limit.</param>
/// <param name="Models">Requested names that it serves, at most 1000; empty: all.</param>
/// <param name="ModelMapping">Requested name → upstream model or Azure deployment, at most 1000.</param>
/// <param name="Group">Group that API keys may be tied to, up to 64 characters; null: none.</param>
/// <param name="ProxyUrl">Outbound proxy; null: none. The covered form of the present one, as replies show it, changes nothing.</param>
/// <param name="Enabled">Whether it is used.</param>
/// <param name="Options">Rarely needed settings.</param>
public sealed record UpdateAccountRequest(
    Optional<string?> Name = default,
    Optional<IReadOnlyDictionary<string, JsonElement>?> Credentials = default,
    Optional<string?> BaseUrl = default,
    Optional<int> Priority = default,
    Optional<int> Weight = default,
    Optional<int?> MaxConcurrency = default,
    Optional<int?> RequestsPerMinute = default,
    Optional<long?> TokensPerMinute = default,
    Optional<decimal?> DailyBudgetUsd = default,
    Optional<IReadOnlyList<string>?> Models = default,
    Optional<IReadOnlyDictionary<string, string>?> ModelMapping = default,
    Optional<string?> Group = default,
    Optional<string?> ProxyUrl = default,
    Optional<bool> Enabled = default,
    Optional<AccountOptions?> Options = default) : IRequest<Result<AccountInfo>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;

    [JsonIgnore]
    internal long Id { get; init; }

    [JsonIgnore]
    internal string? IfMatch { get; init; }
}
