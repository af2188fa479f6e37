using System.Text.RegularExpressions;

namespace Simulator.Platforms;

/// <summary>
/// What must never arrive upstream, whatever the platform: it tells of the gateway's client, or it is somebody's key. Real platforms
/// take no notice; here it is an error, so that a leak cannot go unseen.
/// </summary>
internal static partial class LeakRules
{
    private static readonly string[] Credentials = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];

    private static readonly string[] Traces = ["cookie", "forwarded", "via", "x-real-ip"];

    private static readonly string[] TracePrefixes = ["x-forwarded-", "x-gateway-"];

    /// <param name="own">The headers that may hold a credential at this platform.</param>
    public static ScriptedError? Check(ReceivedRequest request, params ReadOnlySpan<string> own)
    {
        foreach (var (name, values) in request.Headers)
        {
            var lower = name.ToLowerInvariant();
            if (own.Contains(lower))
            {
                continue;
            }

            if (Credentials.Contains(lower) || Traces.Contains(lower) || TracePrefixes.Any(lower.StartsWith))
            {
                return Leak($"The header '{lower}' must not be sent to this platform.");
            }

            if (Key().IsMatch(values.ToString()))
            {
                return Leak($"The header '{lower}' holds what looks like an API key.");
            }
        }

        return request.Query.Contains("key=", StringComparison.Ordinal) || Key().IsMatch(request.Query)
            ? Leak("The query holds what looks like an API key.")
            : null;
    }

    private static ScriptedError Leak(string message) => new(400) { Message = $"Simulator: {message}", Code = "leak" };

    // Not inside a word: "task-budgets-2026-03-13" is a beta, not a key.
    [GeneratedRegex("(?<![A-Za-z0-9])sk-")]
    private static partial Regex Key();
}
