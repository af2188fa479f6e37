using System.Net.Http.Headers;
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

    /// <summary>An empty balance comes as 400 and is the account's fault, not the client's; only the wording tells, and only its beginning cannot be the client's own.</summary>
    private const string EmptyBalance = "Your credit balance is too low";

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
        var isSpendLimit = false;
        var said = ErrorBody.Read(refusal.Body.Span, (ref reader) => ClaudeErrors.Read(ref reader, out isSpendLimit));
        var headers = refusal.Headers;
        var now = refusal.Now;
        var wait = RetryTimes.OfHeaders(headers, now);
        return refusal.Status switch
        {
            400 or 403 or 429 when DeadCredentials.AreSaid(said.Message) => said with { Kind = FailureKind.AuthAccount, RetryAfter = wait },
            400 or 403 or 429 when ClaudeSpendLimit.IsSaid(said.Message) => Spent(said, ClaudeSpendLimit.UntilEnd(said.Message, wait, now)),
            429 when isSpendLimit => Spent(said, RetryTimes.UntilNextMonth(now)),
            400 when said.Message.StartsWith(EmptyBalance, StringComparison.OrdinalIgnoreCase) =>
                said with { Kind = FailureKind.QuotaAccount, RetryAfter = wait, IsWholeAccount = true },
            400 when IsAboutSignatures(said.Message) => said with { Kind = FailureKind.InvalidRequest, IsSignatureRefused = true },
            400 when said.Message.StartsWith("prompt is too long", StringComparison.OrdinalIgnoreCase) => said with { Kind = FailureKind.ContextLength },

            // Said of places and of plans that are not served: the credentials are as good as before.
            403 when said.Message.StartsWith("Request not allowed", StringComparison.OrdinalIgnoreCase) => said with { Kind = FailureKind.ModelNotFound, RetryAfter = wait },
            429 when ClaudeWindows.FindUsedUp(headers, now) is { } window && (window.Wait ?? wait) is var reset => said with
            {
                Kind = FailureKind.RateLimit,
                RetryAfter = reset,
                IsLongLimit = reset is not null,
                IsWholeAccount = window.IsWholeAccount,
            },
            429 => said with { Kind = FailureKind.RateLimit, RetryAfter = wait ?? OfBuckets(headers, now) ?? RetryTimes.OfText(said.Message) },
            _ => said with { Kind = refusal.KindOfStatus(said.Message), RetryAfter = wait },
        };
    }

    /// <summary>Adds what the account's kind of credential needs, and nothing of another kind: the API refuses two.</summary>
    protected abstract void Authorize(HttpRequestMessage request, Scheduling.UpstreamAccount account);

    /// <summary>"messages.1.content.0: Invalid `signature` in `thinking` block", and what else it says of it (Messages API, read 2026-11).</summary>
    private static bool IsAboutSignatures(string message) =>
        message.Contains("`signature`", StringComparison.Ordinal) && message.Contains("thinking", StringComparison.Ordinal);

    private static Failure Spent(Failure said, TimeSpan? wait) =>
        said with { Kind = FailureKind.QuotaAccount, RetryAfter = wait, IsLongLimit = wait is not null, IsWholeAccount = true };

    private static TimeSpan? OfBuckets(HttpResponseHeaders headers, DateTimeOffset now) => RetryTimes.OfEmptyBuckets(
        headers, ("anthropic-ratelimit-", "-remaining"), ("anthropic-ratelimit-", "-reset"), text => RetryTimes.OfInstant(text, now));
}
