using System.Security.Cryptography;
using Gateway.Benchmarks.Load;

namespace Gateway.Benchmarks.Targets;

/// <summary>The gateway as it ships, embedded stores included, with one account and one key.</summary>
internal sealed record GatewayTarget : Target, IDisposable
{
    public const string Program = "Gateway.dll";

    private readonly ManagementApi _management;

    private GatewayTarget(string name, string credential, ServerProcess process, ManagementApi management) : base(name, process.Url, credential, process) =>
        _management = management;

    /// <param name="process">A new gateway with <see cref="Environment"/>.</param>
    public static async Task<GatewayTarget> SetUpAsync(
        string name, ServerProcess process, string adminPassword, Uri upstream, string upstreamCredential, CancellationToken cancellationToken)
    {
        var management = new ManagementApi(process);
        try
        {
            await management.LogInAsync("admin", adminPassword, cancellationToken);
            await management.RegisterOpenAiAccountAsync(upstream, upstreamCredential, cancellationToken);
            return new GatewayTarget(name, await management.CreateApiKeyAsync(cancellationToken), process, management);
        }
        catch
        {
            management.Dispose();
            throw;
        }
    }

    public static string CreatePassword() => RandomNumberGenerator.GetHexString(32);

    /// <summary>Stores of its own, whatever this process' own environment says.</summary>
    public static Dictionary<string, string> Environment(string dataDirectory, string adminPassword) => new()
    {
        ["ConnectionStrings__MySql"] = "",
        ["ConnectionStrings__Redis"] = "",
        ["Gateway__DataDirectory"] = dataDirectory,
        ["Gateway__AdminUsername"] = "admin",
        ["Gateway__AdminPassword"] = adminPassword,
    };

    /// <summary>Moves the round's usage records to the database, as the schedule does every five minutes.</summary>
    public override Task SettleAsync(CancellationToken cancellationToken) => _management.SyncAsync(cancellationToken);

    public override async Task AuditAsync(long requests, CancellationToken cancellationToken)
    {
        var counted = await _management.CountRequestsAsync(cancellationToken);
        if (counted != requests)
        {
            throw new WrongReplyException($"{Name} has usage records of {counted} requests and was sent {requests}.");
        }
    }

    public void Dispose() => _management.Dispose();
}
