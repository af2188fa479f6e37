namespace Soak.Load;

/// <summary>How clients of one format ask, and how they know that an answer is whole.</summary>
internal sealed record Dialect(string Name, Func<string, bool, string> Path, Func<string, string, bool, object> Body, Func<string, bool> IsError, Func<string, bool> IsEnd)
{
    public static Dialect Chat { get; } = new(
        "openai",
        static (_, _) => "v1/chat/completions",
        static (model, text, stream) => new { model, stream, messages = new[] { new { role = "user", content = text } } },
        static line => line.StartsWith("data: {\"error\"", StringComparison.Ordinal),
        static line => line == "data: [DONE]");

    public static Dialect Messages { get; } = new(
        "claude",
        static (_, _) => "v1/messages",
        static (model, text, stream) => new { model, stream, max_tokens = 200, messages = new[] { new { role = "user", content = text } } },
        static line => line == "event: error",
        static line => line == "event: message_stop");

    public static Dialect Contents { get; } = new(
        "gemini",
        static (model, stream) => $"v1beta/models/{model}:{(stream ? "streamGenerateContent?alt=sse" : "generateContent")}",
        static (_, text, _) => new { contents = new[] { new { role = "user", parts = new[] { new { text } } } } },
        static line => line.StartsWith("data: {\"error\"", StringComparison.Ordinal),
        static line => line.Contains("\"finishReason\"", StringComparison.Ordinal));

    public static IReadOnlyList<Dialect> All { get; } = [Chat, Messages, Contents];
}
