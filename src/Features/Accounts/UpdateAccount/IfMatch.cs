using Gateway.Infrastructure.Json;

namespace Gateway.Features.Accounts.UpdateAccount;

/// <summary>The condition that a change is made only to what the client has read.</summary>
internal static class IfMatch
{
    /// <param name="header"><c>"&lt;updated_at&gt;"</c> as a reply showed it; null or <c>*</c>: no condition.</param>
    /// <param name="updatedAtUtc">The present one.</param>
    public static bool Accepts(string? header, DateTime updatedAtUtc) =>
        header is null or "*" || (UtcTimeConverter.TryParse(header.Trim('"'), out var seen) && seen == updatedAtUtc);
}
