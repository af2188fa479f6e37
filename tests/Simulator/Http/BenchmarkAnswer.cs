namespace Simulator.Http;

/// <summary>Bytes that are ready before the first request.</summary>
/// <param name="Header">The header that holds the benchmark credential, and</param>
/// <param name="Value">its whole value.</param>
internal sealed record BenchmarkAnswer(string Header, string Value, ReadOnlyMemory<byte> Whole, IReadOnlyList<ReadOnlyMemory<byte>> Events)
{
    /// <summary>Content type of the stream.</summary>
    public string StreamType { get; init; } = "text/event-stream; charset=utf-8";
}
