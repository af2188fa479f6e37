using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Platforms.Claude;

/// <summary>Anthropic's own API, whichever kind of credential opens it.</summary>
/// <remarks>Source: Anthropic API reference, Messages and errors, anthropic-version 2023-06-01, read 2026-11.</remarks>
internal abstract class ClaudeApi : IPlatformAdapter
{
    private const string DefaultVersion = "2023-06-01";

    public abstract Platform Platform { get; }

    public bool Supports(Operation operation) => operation != Operation.Embed;

    public WireFormat? Choose(in WireQuestion question) => WireFormat.Claude;

    public string ProbeModel => "claude-haiku-4-5";

    public WireFormat ProbeWire => WireFormat.Claude;

    public byte[] ProbeBody(string model) =>
        JsonSerializer.SerializeToUtf8Bytes(new { model, max_tokens = 1, messages = new[] { new { role = "user", content = "Hi" } } });

    public HttpRequestMessage CreateRequest(in UpstreamCall call)
    {
        var path = call.Operation == Operation.CountTokens ? "messages/count_tokens" : "messages";
        var request = new HttpRequestMessage(HttpMethod.Post, call.Account.Url(path, call.Query, UpstreamUrl.Claude)) { Content = call.Content };
        UpstreamHeaders.CopyFromClient(request, call.ClientHeaders, "anthropic-version", "anthropic-beta");
        if (!call.ClientHeaders.ContainsKey("anthropic-version"))
        {
            request.Headers.TryAddWithoutValidation("anthropic-version", DefaultVersion);
        }

        Authorize(request, call.Account);
        return request;
    }

    public virtual ValueTask<Failure?> AuthenticateAsync(HttpRequestMessage request, UpstreamCall call, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Failure?>(null);

    public virtual Failure ReadFailure(in UpstreamRefusal refusal)
    {
        var said = ErrorBody.Read(refusal.Body.Span, ClaudeErrors.Read);
        var kind = refusal.Status switch
        {
            400 when IsAboutMoney(said.Message) => FailureKind.QuotaAccount,
            400 when said.Message.StartsWith("prompt is too long", StringComparison.OrdinalIgnoreCase) => FailureKind.ContextLength,
            var status => FailureKinds.OfStatus(status, said.Message),
        };
        return said with { Kind = kind, RetryAfter = UpstreamHeaders.RetryAfter(refusal.Headers, refusal.Now) };
    }

    /// <summary>Adds what the account's kind of credential needs, and nothing of another kind: the API refuses two.</summary>
    protected abstract void Authorize(HttpRequestMessage request, Scheduling.UpstreamAccount account);

    /// <summary>A spend limit or an empty balance comes as 400 and is the account's fault, not the client's; only the wording tells.</summary>
    private static bool IsAboutMoney(string message) =>
        message.Contains("specified API usage limits", StringComparison.OrdinalIgnoreCase)
        || message.Contains("credit balance is too low", StringComparison.OrdinalIgnoreCase);
}
