using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;

namespace Gateway.Features.Accounts;

/// <summary>One set of credentials at a platform, as it may be shown.</summary>
/// <param name="Id">Identifier of the account.</param>
/// <param name="Name">Name, unique among accounts.</param>
/// <param name="Platform"><c>claude</c>, <c>claude_ccr</c>, <c>openai</c>, <c>azure</c>, <c>gemini</c> or <c>bedrock</c>.</param>
/// <param name="BaseUrl">Address of the upstream; null: the platform's own.</param>
/// <param name="Priority">Lower is used first.</param>
/// <param name="Weight">Share of the requests among accounts of equal priority.</param>
/// <param name="MaxConcurrency">Most requests at a time; null: no limit.</param>
/// <param name="RequestsPerMinute">Most requests per minute; null: no limit.</param>
/// <param name="TokensPerMinute">Most tokens per minute; null: no limit.</param>
/// <param name="DailyBudgetUsd">Most cost per UTC day in US dollars, up to 9 decimals; null: no limit.</param>
/// <param name="Models">Requested names that it serves; empty: all.</param>
/// <param name="ModelMapping">Requested name → upstream model, or Azure deployment.</param>
/// <param name="Group">Group that API keys may be tied to; null: none.</param>
/// <param name="ProxyUrl">Outbound proxy, its password covered by <c>***</c>; null: none.</param>
/// <param name="Enabled">Whether the operator wants it used.</param>
/// <param name="Options">Rarely needed settings.</param>
/// <param name="Status"><c>active</c>, <c>cooling_down</c>, <c>rate_limited</c>, <c>needs_login</c>, <c>error</c> or <c>disabled</c>.</param>
/// <param name="Cooldowns">What keeps requests away from it now, of single model families too.</param>
/// <param name="StatusReason">Why the status is not <c>active</c>; null: no reason is known.</param>
/// <param name="AvailableAt">When the whole account is used again, UTC; null: now, or not before somebody acts.</param>
/// <param name="LastUsedAt">Time of the last request, UTC; null: never used.</param>
/// <param name="LastError">What the platform answered at the last failure; null: none since the last recovery.</param>
/// <param name="InFlight">Requests that it is serving now.</param>
/// <param name="CredentialsHint">The credentials, masked.</param>
/// <param name="TokenExpiresAt">When the access token of an OAuth account ends, UTC; null for other accounts.</param>
/// <param name="CreatedAt">Creation, UTC.</param>
/// <param name="UpdatedAt">Last change of a setting, UTC. In quotes it is the value for <c>If-Match</c>.</param>
public sealed record AccountView(
    long Id,
    string Name,
    string Platform,
    string? BaseUrl,
    int Priority,
    int Weight,
    int? MaxConcurrency,
    int? RequestsPerMinute,
    long? TokensPerMinute,
    decimal? DailyBudgetUsd,
    IReadOnlyList<string> Models,
    IReadOnlyDictionary<string, string> ModelMapping,
    string? Group,
    string? ProxyUrl,
    bool Enabled,
    AccountOptions Options,
    string Status,
    IReadOnlyList<Cooldown> Cooldowns,
    string? StatusReason,
    DateTime? AvailableAt,
    DateTime? LastUsedAt,
    string? LastError,
    int InFlight,
    string CredentialsHint,
    DateTime? TokenExpiresAt,
    DateTime CreatedAt,
    DateTime UpdatedAt)
{
    internal static AccountView Of(Account account, AccountHealth health, SecretBox box) => new(
        account.Id,
        account.Name,
        account.Platform.Name(),
        account.BaseUrl,
        account.Priority,
        account.Weight,
        account.MaxConcurrency,
        account.RequestsPerMinute,
        account.TokensPerMinute,
        Money.ToUsd(account.DailyBudgetNanoUsd),
        account.Models,
        account.ModelMapping,
        account.Group,
        AccountProxyUrl.Shown(box, account),
        account.Enabled,
        account.Options,
        AccountStatus.Of(account.Enabled, account.StatusReason, health),
        health.Cooldowns,
        account.StatusReason ?? health.Pause?.Reason,
        health.Pause?.UntilUtc,
        account.LastUsedAtUtc,
        account.LastError,
        health.InFlight,
        account.CredentialsHint,
        account.TokenExpiresAtUtc,
        account.CreatedAtUtc,
        account.UpdatedAtUtc);

    /// <summary>With what the scheduler knows at this moment.</summary>
    internal static async Task<AccountView> OfAsync(Account account, IAccountHealth health, SecretBox box, CancellationToken cancellationToken)
    {
        var known = await health.ReadAsync([account.Id], cancellationToken);
        return Of(account, known.GetValueOrDefault(account.Id, AccountHealth.Idle), box);
    }
}
