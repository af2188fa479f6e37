using Simulator;

[assembly: AssemblyFixture(typeof(Gateway.Tests.Support.SharedSimulator))]

namespace Gateway.Tests.Support;

/// <summary>One simulator that all tests share: each takes accounts of its own from it, so none disturbs another.</summary>
public sealed class SharedSimulator : IAsyncLifetime
{
    public SimulatorServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await SimulatorServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
