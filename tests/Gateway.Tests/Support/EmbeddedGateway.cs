[assembly: AssemblyFixture(typeof(Gateway.Tests.Support.EmbeddedGateway))]

namespace Gateway.Tests.Support;

/// <summary>One embedded gateway that all tests share which do not need one of their own: take it as a constructor parameter.</summary>
public sealed class EmbeddedGateway : IAsyncLifetime
{
    public GatewayServer Server { get; private set; } = null!;

    /// <summary>Logged in as the administrator; do not log it out.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await GatewayServer.StartAsync();
        Admin = await Server.CreateAdminClientAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Server.DisposeAsync();
    }
}
