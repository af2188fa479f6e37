using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Simulator;

/// <summary>A request as it arrived. What tells of its answer changes until <see cref="Outcome"/> is final. Thread-safe.</summary>
public sealed class ReceivedRequest
{
    private volatile RequestOutcome _outcome;
    private volatile ScriptedError? _refusal;
    private volatile int _statusCode;
    private volatile int _eventsSent;
    private long _bytesSent;

    internal ReceivedRequest(HttpRequest request, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
    {
        Method = request.Method;
        Path = request.Path.Value ?? "";
        Target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        Query = request.QueryString.Value ?? "";
        Headers = request.Headers.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Body = body;
        ReceivedAt = receivedAt;
    }

    /// <summary>Its place among the requests of its credential, from 1; 0 until it is recorded.</summary>
    public int Number { get; internal set; }

    /// <summary>Whether the last bytes of its answer are on their way; guarded by its account's lock.</summary>
    internal bool IsAnswered { get; set; }

    public string Method { get; }

    /// <summary>Decoded, as the server saw it.</summary>
    public string Path { get; }

    /// <summary>Path and query as they stood on the wire.</summary>
    public string Target { get; }

    /// <summary>With its question mark, undecoded; empty when there is none.</summary>
    public string Query { get; }

    public IReadOnlyDictionary<string, StringValues> Headers { get; }

    /// <summary>The bytes as received; where the client left while sending, those that came.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    public DateTimeOffset ReceivedAt { get; }

    public RequestOutcome Outcome => _outcome;

    /// <summary>Why the platform's rules turned the request away; null when they did not.</summary>
    public ScriptedError? Refusal => _refusal;

    /// <summary>The status that was answered; 0 until then.</summary>
    public int StatusCode => _statusCode;

    public int EventsSent => _eventsSent;

    public long BytesSent => Interlocked.Read(ref _bytesSent);

    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>The body as JSON, parsed anew at each call.</summary>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public JsonElement Json => JsonElement.Parse(Body.Span);

    /// <summary>The header's value, several joined by a comma; null when it was not sent.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>The token of <c>Authorization: Bearer</c>; null when there is none.</summary>
    public string? Bearer() =>
        Header("authorization") is { } value && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value["Bearer ".Length..].Trim() : null;

    public override string ToString() => $"#{Number} {Method} {Path}{Query} → {StatusCode} {Outcome}";

    internal void Refuse(ScriptedError refusal) => _refusal = refusal;

    internal void Answering(int statusCode) => _statusCode = statusCode;

    internal void SentEvent() => _eventsSent++;

    internal void SentBytes(int count) => Interlocked.Add(ref _bytesSent, count);

    internal void End(RequestOutcome outcome) => _outcome = outcome;
}
