using System.Text.Json;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;

namespace Gateway.Features.Accounts.CreateAccount;

/// <summary>Registers an account at a platform.</summary>
/// <param name="Name">Name, unique among accounts: 1 to 100 characters.</param>
/// <param name="Platform"><c>claude</c>, <c>claude_ccr</c>, <c>openai</c>, <c>azure</c>, <c>gemini</c> or <c>bedrock</c>.</param>
/// <param name="Credentials">The secret fields of one kind of credentials, as <c>GET /api/admin/platforms</c> lists them. Never shown again.</param>
/// <param name="BaseUrl">
/// Address of the upstream; omit for the platform's own, required for azure. A trailing <c>/</c> is ignored, a version at its end (<c>/v1</c>) is not
/// repeated, and an address that ends in <c>#</c> is called exactly as it is.
/// </param>
/// <param name="Priority">Lower is used first: 0 to 1,000,000.</param>
/// <param name="Weight">Share of the requests among accounts of equal priority: 1 to 1000.</param>
/// <param name="MaxConcurrency">Most requests at a time, from 1; omit for no limit.</param>
/// <param name="RequestsPerMinute">Most requests per minute, from 1; omit for no limit.</param>
/// <param name="TokensPerMinute">Most tokens per minute, from 1; omit for no limit.</param>
/// <param name="DailyBudgetUsd">Most cost per UTC day in US dollars, up to 9 decimals; 0 or omitted: no limit.</param>
/// <param name="Models">Requested names that it serves, at most 1000; omit or leave empty for all.</param>
/// <param name="ModelMapping">Requested name → upstream model or Azure deployment, at most 1000.</param>
/// <param name="Group">Group that API keys may be tied to, up to 64 characters; omit for none.</param>
/// <param name="ProxyUrl">Outbound proxy: <c>http://</c>, <c>https://</c> or <c>socks5://</c>, with user name and password if it wants them; omit for none.</param>
/// <param name="Enabled">Whether it is used.</param>
/// <param name="Options">Rarely needed settings.</param>
public sealed record CreateAccountRequest(
    string Name,
    string Platform,
    IReadOnlyDictionary<string, JsonElement> Credentials,
    string? BaseUrl = null,
    int Priority = 50,
    int Weight = 1,
    int? MaxConcurrency = null,
    int? RequestsPerMinute = null,
    long? TokensPerMinute = null,
    decimal? DailyBudgetUsd = null,
    IReadOnlyList<string>? Models = null,
    IReadOnlyDictionary<string, string>? ModelMapping = null,
    string? Group = null,
    string? ProxyUrl = null,
    bool Enabled = true,
    AccountOptions? Options = null) : IRequest<Result<AccountView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
