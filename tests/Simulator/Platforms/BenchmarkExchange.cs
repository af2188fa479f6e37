namespace Simulator.Platforms;

/// <summary>What benchmark answers are made from, once, before any request.</summary>
internal static class BenchmarkExchange
{
    /// <summary>Its document has about 1 KB.</summary>
    public static ScriptedAnswer Whole { get; } =
        ScriptedAnswer.Text(string.Join(' ', Enumerable.Repeat("benchmark", 30))).WithUsage(input: 1000, output: 100);

    public static ScriptedAnswer Stream(BenchmarkOptions options) =>
        ScriptedAnswer.Text([.. Enumerable.Repeat(" benchmark", Math.Max(2, options.Chunks))])
            .WithUsage(input: 1000, output: options.Chunks);

    public static Exchange Create(string path, string credential)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = HttpMethods.Post;
        request.Path = path;
        return new Exchange(new ReceivedRequest(request, default, DateTimeOffset.UnixEpoch.AddYears(56)), new SimulatedAccount(credential));
    }
}
