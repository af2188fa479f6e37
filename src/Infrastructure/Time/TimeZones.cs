using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Gateway.Infrastructure.Time;

/// <summary>Time zones by their IANA names.</summary>
internal static partial class TimeZones
{
    public static bool TryFind(string? name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        return name is not null && ZoneName().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone);
    }

    /// <summary>The zone of a name that was checked when it was saved; UTC if this system does not know it any more.</summary>
    public static TimeZoneInfo FindOrUtc(string? name) => TryFind(name, out var zone) ? zone : TimeZoneInfo.Utc;

    // The system looks a name up as a file below its folder of time zones, so only names of that form are let through. Every name of the IANA
    // database starts with a capital; what does not ("localtime", "right/…") is this machine's own.
    [GeneratedRegex(@"\A[A-Z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9][A-Za-z0-9_+-]{0,31}){0,2}\z")]
    private static partial Regex ZoneName();
}
