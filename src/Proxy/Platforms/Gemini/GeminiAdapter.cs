using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Platforms.Gemini;

/// <summary>Google's Gemini API with a key of AI Studio.</summary>
/// <remarks>Source: Gemini API reference and troubleshooting guide, v1beta, read 2026-11.</remarks>
internal sealed class GeminiAdapter : IPlatformAdapter
{
    // Quotas of a day start anew at midnight there (Gemini API, Rate limits, read 2026-11).
    private static readonly TimeZoneInfo Pacific = TimeZoneInfo.TryFindSystemTimeZoneById("America/Los_Angeles", out var zone)
        ? zone
        : TimeZoneInfo.CreateCustomTimeZone("Pacific", TimeSpan.FromHours(-8), "Pacific", "Pacific");

    public Platform Platform => Platform.Gemini;

    public bool Supports(Operation operation) => true;

    public WireFormat? Choose(in WireQuestion question) => question switch
    {
        { Operation: not Operation.Embed } => WireFormat.Gemini,
        { Client: WireFormat.GeminiEmbedding } => WireFormat.GeminiEmbedding,
        _ => WireFormat.GeminiEmbeddingBatch,
    };

    public string ProbeModel => "gemini-2.5-flash-lite";

    public WireFormat ProbeWire => WireFormat.Gemini;

    public byte[] ProbeBody(string model) =>
        JsonSerializer.SerializeToUtf8Bytes(new { contents = new[] { new { role = "user", parts = new[] { new { text = "Hi" } } } }, generationConfig = new { maxOutputTokens = 1 } });

    public HttpRequestMessage CreateRequest(in UpstreamCall call)
    {
        var model = call.Model;
        var method = call switch
        {
            { Wire: WireFormat.GeminiEmbedding } => "embedContent",
            { Wire: WireFormat.GeminiEmbeddingBatch } => "batchEmbedContents",
            { Operation: Operation.CountTokens } => "countTokens",
            { Stream: true } => "streamGenerateContent",
            _ => "generateContent",
        };

        // The model is part of the path, and anybody may name any: such addresses are not kept.
        var query = call.Operation == Operation.Generate && call.Stream ? "?alt=sse" : "?alt=json";
        var request = new HttpRequestMessage(HttpMethod.Post, call.Account.Url(method, query, (baseUrl, operation) => UpstreamUrl.Gemini(baseUrl, model, operation)))
        {
            Content = call.Content,
        };
        UpstreamHeaders.CopyFromClient(request, call.ClientHeaders);
        request.Headers.TryAddWithoutValidation("x-goog-api-key", call.Account.Credentials[CredentialFields.ApiKey]);
        return request;
    }

    public Failure ReadFailure(in UpstreamRefusal refusal)
    {
        var said = ErrorBody.Read(refusal.Body.Span, GeminiErrors.Read);
        var kind = refusal.Status switch
        {
            400 or 429 when DeadCredentials.AreSaid(said.Message) => FailureKind.AuthAccount,

            // The wrong key, a region that is not served or billing that is off come as 400, and are the account's fault, not the client's.
            400 when said.Kind is FailureKind.ContextLength or FailureKind.AuthAccount or FailureKind.QuotaAccount => said.Kind,
            429 when said.Kind == FailureKind.QuotaAccount => said.Kind,
            _ => refusal.KindOfStatus(said.Message),
        };
        var wait = RetryTimes.OfHeaders(refusal.Headers, refusal.Now);
        return kind switch
        {
            // Only quotas of a day say whether they are a model's.
            FailureKind.QuotaAccount when refusal.Status == 429 && said.IsWholeAccount is not null =>
                said with { Kind = kind, RetryAfter = UntilMidnight(refusal.Now), IsLongLimit = true },
            FailureKind.QuotaAccount => said with { Kind = kind, RetryAfter = wait, IsWholeAccount = true },
            FailureKind.RateLimit or FailureKind.Overloaded =>
                said with { Kind = kind, RetryAfter = wait ?? Sensible(said.RetryAfter) ?? RetryTimes.OfText(said.Message), IsWholeAccount = null },
            _ => said with { Kind = kind, RetryAfter = wait ?? Sensible(said.RetryAfter), IsWholeAccount = null },
        };
    }

    private static TimeSpan? Sensible(TimeSpan? said) => said is { } wait ? RetryTimes.OfSeconds(wait.TotalSeconds) : null;

    private static TimeSpan UntilMidnight(DateTimeOffset now)
    {
        var midnight = TimeZoneInfo.ConvertTime(now, Pacific).Date.AddDays(1);
        return new DateTimeOffset(midnight, Pacific.GetUtcOffset(midnight)) - now;
    }
}
