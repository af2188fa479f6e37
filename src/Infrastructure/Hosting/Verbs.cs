namespace Gateway.Infrastructure.Hosting;

/// <summary>What the program does besides serving: <c>admin reset-password NAME</c>, <c>admin backup FILE</c>, <c>check-config</c>.</summary>
internal static class Verbs
{
    public static bool IsVerb(string[] args) => args is ["admin" or "check-config", ..];

    public static Task<int> RunAsync(string[] args, Func<string[], WebApplicationBuilder> createBuilder) => Task.FromResult(args.Length);
}
