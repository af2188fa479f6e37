using System.Globalization;
using System.Text.Json;
using Gateway.Proxy.Neutral;
using StackExchange.Redis;

namespace Gateway.Proxy.Scheduling;

/// <summary>A cooldown as Redis keeps it: scripts compare the two times in front, and only the gateway reads the rest.</summary>
internal static class SharedMark
{
    /// <summary>The account, and the model family behind a colon; nothing behind it: the whole account.</summary>
    public static string Scope(long accountId, string modelFamily) => string.Create(CultureInfo.InvariantCulture, $"{accountId}:{modelFamily}");

    public static string Write(CooldownMark mark) => string.Create(
        CultureInfo.InvariantCulture,
        $"{mark.Until.ToUnixTimeMilliseconds()} {mark.Since.ToUnixTimeMilliseconds()} {JsonSerializer.Serialize(new Rest(mark.Kind, mark.Evidence, mark.Count, mark.BeganAt.ToUnixTimeMilliseconds()))}");

    /// <returns>Null: it was written by a newer gateway, or by nobody who should.</returns>
    public static CooldownMark? Read(HashEntry entry)
    {
        try
        {
            var scope = ((string)entry.Name!).Split(':', 2);
            var parts = ((string)entry.Value!).Split(' ', 3);
            return long.TryParse(scope[0], NumberStyles.None, CultureInfo.InvariantCulture, out var accountId)
                && scope.Length == 2 && parts.Length == 3
                && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var until)
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var since)
                && JsonSerializer.Deserialize<Rest>(parts[2]) is { } rest
                    ? new CooldownMark(accountId, scope[1], rest.Kind, rest.Evidence, DateTimeOffset.FromUnixTimeMilliseconds(since), DateTimeOffset.FromUnixTimeMilliseconds(until), rest.Count)
                    {
                        BeganAt = DateTimeOffset.FromUnixTimeMilliseconds(rest.BeganAt ?? since),
                    }
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private sealed record Rest(FailureKind Kind, string? Evidence, int Count, long? BeganAt = null);
}
