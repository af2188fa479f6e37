using Simulator.Http;

namespace Simulator.Platforms;

/// <summary>One platform: which requests are its own, whose they are, and what it answers. Stateless.</summary>
internal interface ISimulatedPlatform
{
    bool Owns(ReceivedRequest request);

    /// <summary>The key or token the request came with, valid or not; null when there is none.</summary>
    string? Credential(ReceivedRequest request);

    /// <summary>The scripted answer, or the platform's own refusal when the request breaks a rule.</summary>
    WireAnswer Answer(Exchange exchange);

    /// <summary>Ready-made answers for this platform's benchmark credential.</summary>
    BenchmarkAnswer Benchmark(BenchmarkOptions options);
}
