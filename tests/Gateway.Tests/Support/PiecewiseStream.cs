namespace Gateway.Tests.Support;

/// <summary>A stream whose reads end where the test says.</summary>
/// <param name="cuts">Offsets in rising order; none: one read.</param>
internal sealed class PiecewiseStream(byte[] bytes, params IReadOnlyList<int> cuts) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var next = cuts.Where(cut => cut > Position).Append((int)Length).First();
        return base.ReadAsync(buffer[..(int)Math.Min(buffer.Length, next - Position)], cancellationToken);
    }
}
