namespace Simulator;

/// <summary>How a simulator is started.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Where to listen; port 0 is any free one.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Delays and time stamps go by it.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Null, the default: every flush waits until its bytes are on the network, so that a cut falls exactly where the script says. Set:
    /// ordinary buffering, many more events per second, and a cut may take the last events with it.
    /// </summary>
    /// <remarks>Benchmark streams of 100 events, 2 cores shared with the client: 1,100 a second exact, 15,000 buffered.</remarks>
    public BenchmarkOptions? Benchmark { get; init; }
}

/// <summary>The shape of what the benchmark credentials get.</summary>
public sealed record BenchmarkOptions
{
    /// <summary>Text events of a stream.</summary>
    public int Chunks { get; init; } = 100;

    /// <summary>Pause between them.</summary>
    public int ChunkDelayMs { get; init; }
}
