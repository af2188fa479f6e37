namespace Gateway.Features.Cache;

/// <summary>What the instance that answers keeps in memory of one area.</summary>
/// <param name="Area">Name of the area, for instance <c>accounts</c>.</param>
/// <param name="Entries">How many entries it holds.</param>
/// <param name="Hits">Look-ups that it answered since the instance started.</param>
/// <param name="AgeSeconds">Seconds since it was loaded from the database. Old is not stale: a change loads it again within 2 seconds.</param>
public sealed record CacheAreaInfo(string Area, int Entries, long Hits, double AgeSeconds);
