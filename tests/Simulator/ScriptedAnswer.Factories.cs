namespace Simulator;

public sealed partial record ScriptedAnswer
{
    /// <summary>One text is streamed word by word; several are streamed as given.</summary>
    public static ScriptedAnswer Text(params string[] pieces) => new() { Parts = [new TextPart(pieces)] };

    /// <summary>Reasoning; follow it by <see cref="ThenText"/> or <see cref="ThenToolCall"/>.</summary>
    public static ScriptedAnswer Thinking(string text, string? signature = null) => new() { Parts = [new ThinkingPart([text], signature)] };

    /// <summary>A tool call whose arguments are streamed in the given fragments.</summary>
    public static ScriptedAnswer ToolCall(string name, params string[] arguments) => new() { Parts = [new ToolCallPart(name, arguments)] };

    /// <summary>An HTTP error in the platform's shape.</summary>
    public static ScriptedAnswer Error(int status, string? type = null, string? message = null, string? code = null) =>
        new() { Failure = new ScriptedError(status) { Type = type, Message = message, Code = code } };

    /// <summary>Status 429, with <c>retry-after</c> where given.</summary>
    public static ScriptedAnswer RateLimited(int? retryAfterSeconds = null) =>
        retryAfterSeconds is { } seconds ? Error(429).WithHeader("retry-after", $"{seconds}") : Error(429);

    /// <summary>An error as the first event of a stream under status 200.</summary>
    /// <param name="status">The status whose type and wording the error has.</param>
    public static ScriptedAnswer ErrorEvent(int status, string? type = null, string? message = null, string? code = null) =>
        Error(status, type, message, code) with { FailureAfterEvent = 0 };

    /// <summary>A stream, verbatim.</summary>
    public static ScriptedAnswer Sse(string text) => Verbatim(text, "text/event-stream; charset=utf-8");

    /// <summary>A body, verbatim.</summary>
    public static ScriptedAnswer Verbatim(string body, string contentType = "application/json", int status = 200) =>
        new() { Raw = new RawAnswer { Text = body, ContentType = contentType, Status = status } };

    /// <summary>Bytes, verbatim.</summary>
    public static ScriptedAnswer Verbatim(ReadOnlyMemory<byte> body, string contentType, int status = 200) =>
        new() { Raw = new RawAnswer { Bytes = body, ContentType = contentType, Status = status } };

    /// <summary>A page as a proxy in between would show it.</summary>
    public static ScriptedAnswer Html(int status = 200) =>
        Verbatim("<html><head><title>Sorry</title></head><body><h1>Back soon</h1></body></html>\n", "text/html", status);

    /// <summary>One JSON document of about this size, made while it is sent.</summary>
    public static ScriptedAnswer HugeBody(long bytes) =>
        new() { Raw = new RawAnswer { Text = "{\"filler\":\"", FillerBytes = bytes, Tail = "\"}" } };

    /// <summary>A stream whose first line never ends; after so many bytes the connection is reset.</summary>
    public static ScriptedAnswer EndlessLine(long atMostBytes = 64 * 1024 * 1024) => new()
    {
        Raw = new RawAnswer { ContentType = "text/event-stream; charset=utf-8", Text = "data: ", FillerBytes = atMostBytes },
        Delivery = new Delivery { CutAtByte = atMostBytes },
    };
}
