using System.Globalization;

namespace Gateway.Proxy;

/// <summary>How long a client will wait, as the official libraries of OpenAI and Anthropic say with each request: whole seconds, from their own settings.</summary>
internal static class ClientTimeout
{
    private const string Header = "x-stainless-timeout";

    /// <returns>The client's limit where that is less than ours. What is malformed, or no time at all, is no limit.</returns>
    public static TimeSpan Least(TimeSpan ours, IHeaderDictionary headers) =>
        headers.TryGetValue(Header, out var value)
        && decimal.TryParse(value.ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds > 0 && seconds < (decimal)ours.TotalSeconds
            ? TimeSpan.FromSeconds((double)seconds)
            : ours;
}
