using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Tokens;

namespace Gateway.Features.Accounts;

/// <summary>The one word that says whether an account is used, by the names that clients see.</summary>
internal static class AccountStatus
{
    public const string Active = "active";
    public const string CoolingDown = "cooling_down";
    public const string RateLimited = "rate_limited";
    public const string NeedsLogin = TokenRenewal.NeedsLogin;
    public const string Error = "error";
    public const string Disabled = "disabled";

    public static IReadOnlyList<string> All { get; } = [Active, CoolingDown, RateLimited, NeedsLogin, Error, Disabled];

    /// <param name="enabled">Whether the operator wants it used.</param>
    /// <param name="statusReason">The mark in its row: why an operator must act; null: no reason.</param>
    /// <param name="health">What the scheduler knows.</param>
    public static string Of(bool enabled, string? statusReason, AccountHealth health) =>
        !enabled ? Disabled
        : statusReason == NeedsLogin ? NeedsLogin
        : statusReason is not null ? Error
        : health.Pause is not { } pause ? Active
        : pause.IsRateLimit ? RateLimited
        : CoolingDown;
}
