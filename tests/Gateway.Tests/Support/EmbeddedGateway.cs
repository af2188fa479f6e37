[assembly: AssemblyFixture(typeof(Gateway.Tests.Support.EmbeddedGateway))]

namespace Gateway.Tests.Support;

/// <summary>One embedded gateway that all tests share which do not need one of their own: take it as a constructor parameter.</summary>
/// <remarks>Started by the first test that uses it, so that a run of unit tests alone starts nothing.</remarks>
public sealed class EmbeddedGateway : IAsyncDisposable
{
    private readonly Lazy<(GatewayServer Server, HttpClient Admin)> _started = new(() => Task.Run(StartAsync).GetAwaiter().GetResult());

    public GatewayServer Server => _started.Value.Server;

    /// <summary>Logged in as the administrator; do not log it out.</summary>
    public HttpClient Admin => _started.Value.Admin;

    public async ValueTask DisposeAsync()
    {
        if (_started.IsValueCreated)
        {
            Admin.Dispose();
            await Server.DisposeAsync();
        }
    }

    private static async Task<(GatewayServer Server, HttpClient Admin)> StartAsync()
    {
        var server = await GatewayServer.StartAsync();
        return (server, await server.CreateAdminClientAsync());
    }
}
