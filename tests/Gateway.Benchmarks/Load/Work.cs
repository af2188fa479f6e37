using System.Text;

namespace Gateway.Benchmarks.Load;

/// <summary>One kind of work that every target does.</summary>
/// <param name="Id">Its name on the command line.</param>
/// <param name="Title">What it is.</param>
/// <param name="IsStream">Whether the answer is a stream of events.</param>
/// <param name="ChunkDelayMs">How long the upstream waits after each event.</param>
/// <param name="Requests">Requests of a round, unless the command line says otherwise.</param>
/// <param name="Concurrency">Requests at once, unless the command line says otherwise.</param>
internal sealed record Work(string Id, string Title, bool IsStream, int ChunkDelayMs, int Requests, int Concurrency)
{
    private const int BodyBytes = 1024;

    public static Work Chat { get; } = new("W1", "chat, 1 KB in and 1 KB out", IsStream: false, ChunkDelayMs: 0, Requests: 4000, Concurrency: 16);

    public static Work Streams { get; } = new("W2", "streams, events back to back", IsStream: true, ChunkDelayMs: 0, Requests: 1000, Concurrency: 16);

    public static Work SlowStreams { get; } = new("W3", "slow streams, 20 ms after each event", IsStream: true, ChunkDelayMs: 20, Requests: 200, Concurrency: 200);

    public static IReadOnlyList<Work> All { get; } = [Chat, Streams, SlowStreams];

    /// <summary>The body of every request: 1 KB.</summary>
    /// <remarks>A stream asks for its usage itself, so that it needs no edit on the way and every target delivers the same bytes.</remarks>
    public byte[] CreateBody()
    {
        var stream = IsStream ? "\"stream\":true,\"stream_options\":{\"include_usage\":true}," : "";
        var start = $$"""{"model":"gpt-5-mini",{{stream}}"messages":[{"role":"user","content":" """.TrimEnd();
        const string end = "\"}]}";
        return Encoding.UTF8.GetBytes(start + new string('x', BodyBytes - start.Length - end.Length) + end);
    }
}
