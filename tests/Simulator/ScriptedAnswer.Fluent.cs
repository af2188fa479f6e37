namespace Simulator;

public sealed partial record ScriptedAnswer
{
    public ScriptedAnswer ThenText(params string[] pieces) => this with { Parts = Parts.Add(new TextPart(pieces)) };

    public ScriptedAnswer ThenThinking(string text, string? signature = null) =>
        this with { Parts = Parts.Add(new ThinkingPart([text], signature)) };

    public ScriptedAnswer ThenToolCall(string name, params string[] arguments) =>
        this with { Parts = Parts.Add(new ToolCallPart(name, arguments)) };

    /// <summary>Only for requests to this path, such as <c>/v1/models</c>.</summary>
    public ScriptedAnswer For(string path) => this with { Path = path };

    /// <summary>Streams a text of one piece in this many pieces.</summary>
    public ScriptedAnswer InChunks(int count) => this with { Chunks = count };

    public ScriptedAnswer WithUsage(
        long input,
        long output,
        long cacheRead = 0,
        long cacheWrite5m = 0,
        long cacheWrite1h = 0,
        long reasoning = 0,
        string? serviceTier = null) =>
        WithUsage(new ScriptedUsage
        {
            InputTokens = input,
            OutputTokens = output,
            CacheReadTokens = cacheRead,
            CacheWrite5mTokens = cacheWrite5m,
            CacheWrite1hTokens = cacheWrite1h,
            ReasoningTokens = reasoning,
            ServiceTier = serviceTier,
        });

    public ScriptedAnswer WithUsage(ScriptedUsage usage) => this with { Usage = usage, ReportsUsage = true };

    public ScriptedAnswer WithoutUsage() => this with { ReportsUsage = false };

    public ScriptedAnswer WithStopReason(string reason, string? stopSequence = null) =>
        this with { StopReason = reason, StopSequence = stopSequence };

    public ScriptedAnswer WithHeader(string name, string value) => this with { Headers = Headers.SetItem(name, value) };

    public ScriptedAnswer WithoutHeader(string name) => this with { Headers = Headers.SetItem(name, null) };

    public ScriptedAnswer WithCrlf() => this with { Crlf = true };

    /// <summary>This event, counted from 1, arrives with a wrong checksum.</summary>
    public ScriptedAnswer WithDamagedEvent(int number) => this with { DamagedEvent = number };

    public ScriptedAnswer WithoutTerminalEvent() => this with { OmitsTerminalEvent = true };

    /// <summary>After so many events of the answer comes an error event, and the stream ends.</summary>
    public ScriptedAnswer ErrorAfterEvent(int count, int status, string? type = null, string? message = null, string? code = null) =>
        this with { Failure = Error(status, type, message, code).Failure, FailureAfterEvent = count };

    public ScriptedAnswer DelayBeforeHeaders(TimeSpan delay) => Deliver(d => d with { DelayBeforeHeadersMs = Ms(delay) });

    /// <summary>The headers are on their way before this delay.</summary>
    public ScriptedAnswer DelayBeforeFirstEvent(TimeSpan delay) => Deliver(d => d with { DelayBeforeFirstEventMs = Ms(delay) });

    public ScriptedAnswer DelayBetweenEvents(TimeSpan delay) => Deliver(d => d with { DelayBetweenEventsMs = Ms(delay) });

    public ScriptedAnswer HoldHeaders(Gate gate) => Deliver(d => d with { HeadersGate = gate });

    public ScriptedAnswer HoldAfterEvent(int count, Gate gate) => Deliver(d => d with { Gates = d.Gates.SetItem(count, gate) });

    /// <summary>Resets the connection without an answer.</summary>
    public ScriptedAnswer CutBeforeHeaders() => Deliver(d => d with { CutBeforeHeaders = true });

    /// <summary>Resets the connection once so many events are on their way.</summary>
    public ScriptedAnswer CutAfterEvent(int count) => Deliver(d => d with { CutAfterEvent = count });

    /// <summary>Resets the connection once so many bytes of the body are on their way.</summary>
    public ScriptedAnswer CutAtByte(long offset) => Deliver(d => d with { CutAtByte = offset });

    /// <summary>Says nothing at all until the client leaves or the server stops.</summary>
    public ScriptedAnswer StallBeforeHeaders() => Deliver(d => d with { StallBeforeHeaders = true });

    /// <summary>Falls silent after so many events, until the client leaves or the server stops.</summary>
    public ScriptedAnswer StallAfterEvent(int count) => Deliver(d => d with { StallAfterEvent = count });

    /// <summary>Ends the reply in good order after so many events.</summary>
    public ScriptedAnswer EndAfterEvent(int count) => Deliver(d => d with { EndAfterEvent = count });

    /// <summary>Writes end at these offsets of the body and nowhere else.</summary>
    public ScriptedAnswer SplitAt(params long[] offsets) => Deliver(d => d with { SplitAt = offsets });

    public ScriptedAnswer OneByteAtATime() => Deliver(d => d with { OneByteAtATime = true });

    private static int Ms(TimeSpan delay) => (int)delay.TotalMilliseconds;

    private ScriptedAnswer Deliver(Func<Delivery, Delivery> change) => this with { Delivery = change(Delivery) };
}
