namespace Gateway.Tests.Support;

/// <summary>One gateway on each pair of stores for the tests of a class, started when the first test asks for it.</summary>
public sealed class GatewayOfEach : IAsyncDisposable
{
    private readonly Dictionary<StorageKind, GatewayServer> _servers = [];

    public async Task<GatewayServer> OnAsync(StorageKind storage)
    {
        if (!_servers.TryGetValue(storage, out var server))
        {
            server = await GatewayServer.StartAsync(storage);
            _servers.Add(storage, server);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }
}
