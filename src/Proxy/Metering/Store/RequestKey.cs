namespace Gateway.Proxy.Metering.Store;

/// <summary>A request id as the databases keep it: big-endian, so that bytes sort by time.</summary>
internal static class RequestKey
{
    public static byte[] Of(Guid requestId) => requestId.ToByteArray(bigEndian: true);

    public static Guid ToGuid(byte[] key) => new(key, bigEndian: true);

    /// <summary>The smallest id of a time: everything that came before sorts below it.</summary>
    public static byte[] From(DateTime utc)
    {
        var milliseconds = Math.Max(0, new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeMilliseconds());
        var key = new byte[16];
        for (var i = 5; i >= 0; i--)
        {
            key[i] = (byte)milliseconds;
            milliseconds >>= 8;
        }

        return key;
    }
}
