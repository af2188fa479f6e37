using Yarp.ReverseProxy.Configuration;

namespace Gateway.Benchmarks.Targets;

/// <summary>A bare YARP proxy: one route, one destination, everything else as it comes.</summary>
internal static class YarpProgram
{
    public const string Verb = "yarp";

    /// <param name="args"><c>--upstream URL --urls URL</c></param>
    public static async Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);

        // Its templates log warnings only, too: by default it would print several lines for each request.
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new RouteMatch { Path = "{**path}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "upstream",
                    Destinations = new Dictionary<string, DestinationConfig> { ["only"] = new() { Address = builder.Configuration["upstream"]! } },
                },
            ]);

        await using var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync();
        Console.WriteLine($"YARP listens on {app.Urls.First()}");
        await app.WaitForShutdownAsync();
    }
}
