namespace Gateway.Proxy.Metering.Limits;

internal enum ReservationState
{
    /// <summary>No limit concerns the request.</summary>
    Free,

    Holding,

    /// <summary>A limit has no room for the request.</summary>
    Reached,

    /// <summary>Redis is away, and what this instance may give out by itself is used up.</summary>
    Offline,

    /// <summary>What was used cannot be told.</summary>
    Unknown,
}

/// <summary>Whether a request has what it needs of some limits.</summary>
/// <param name="Reservation">What it holds; null: nothing.</param>
/// <param name="Limits">Where it holds something: how far each limit is used, with it; where a limit is reached: that one; empty: unknown.</param>
/// <param name="Need">What it would have needed of the limit that is reached.</param>
internal readonly record struct ReservationAnswer(ReservationState State, Reservation? Reservation, IReadOnlyList<UsedOfLimit> Limits, long Need)
{
    public static readonly ReservationAnswer Free = new(ReservationState.Free, null, [], 0);
    public static readonly ReservationAnswer Offline = new(ReservationState.Offline, null, [], 0);
    public static readonly ReservationAnswer Unknown = new(ReservationState.Unknown, null, [], 0);

    public static ReservationAnswer Holding(Reservation reservation, IReadOnlyList<UsedOfLimit> limits) => new(ReservationState.Holding, reservation, limits, 0);

    public static ReservationAnswer Reached(in UsedOfLimit limit, long need) => new(ReservationState.Reached, null, [limit], need);
}
