using System.Buffers;

namespace Gateway.Proxy.Inspection;

/// <summary>A body in one pooled array. The array goes back when its owner and everyone who holds it have let go.</summary>
/// <remarks>
/// Holding matters: an upstream may answer before it has read the whole request, and the rest is then still being sent from this array
/// while the answer is already over. Given back too early, the array would carry another client's bytes to that upstream.
/// </remarks>
internal sealed class PooledBody(byte[] array, int length) : IDisposable
{
    private int _holders = 1;
    private int _disposed;

    public int Length { get; } = length;

    public ReadOnlyMemory<byte> Memory => array.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => array.AsSpan(0, Length);

    /// <returns>False: the array has gone back already and must not be read.</returns>
    public bool TryHold()
    {
        for (var holders = Volatile.Read(ref _holders); holders > 0; holders = Volatile.Read(ref _holders))
        {
            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
            {
                return true;
            }
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    /// <summary>The owner lets go.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }
    }
}
