using System.Buffers;

namespace Gateway.Proxy.Streaming;

/// <summary>Arrays for events of a stream.</summary>
internal static class EventBuffers
{
    public const int MostBytes = 16 * 1024 * 1024;

    private const int MostSharedBytes = 1024 * 1024;
    private const int MostKept = 2;

    // The shared pool would keep large ones for every thread that gives one back; this one keeps 60 MB at most, and the collector gets what is more.
    private static readonly ArrayPool<byte> Large = ArrayPool<byte>.Create(MostBytes, MostKept);

    public static byte[] Rent(int leastBytes) => PoolOf(leastBytes).Rent(leastBytes);

    public static void Return(byte[] array) => PoolOf(array.Length).Return(array);

    /// <summary>An array of twice the size that begins with the same bytes.</summary>
    /// <param name="array">Given back.</param>
    /// <param name="usedBytes">How many of its bytes count.</param>
    public static byte[] Grow(byte[] array, int usedBytes)
    {
        var larger = Rent(array.Length * 2);
        array.AsSpan(0, usedBytes).CopyTo(larger);
        Return(array);
        return larger;
    }

    // Both pools' arrays have powers of two for lengths.
    private static ArrayPool<byte> PoolOf(int bytes) => bytes > MostSharedBytes ? Large : ArrayPool<byte>.Shared;
}
