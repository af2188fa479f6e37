using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Platforms.OpenAi;

/// <summary>OpenAI's own API, and every server that speaks it.</summary>
/// <remarks>Source: OpenAI API reference and error codes, read 2026-11.</remarks>
internal sealed class OpenAiAdapter : IPlatformAdapter
{
    public Platform Platform => Platform.OpenAi;

    public bool Supports(Operation operation) => true;

    public WireFormat? Choose(in WireQuestion question) => question switch
    {
        { Operation: Operation.Embed } => WireFormat.OpenAiEmbeddings,
        { Operation: Operation.CountTokens, Account.ChatUpstream: "chat" } => null, // Only Responses are counted, which such a server does not have.
        { Operation: Operation.CountTokens } => WireFormat.OpenAiResponses,
        { Account.ChatUpstream: "chat" } => WireFormat.OpenAiChat,
        { Client: WireFormat.OpenAiResponses } or { Account.ChatUpstream: "responses" } => WireFormat.OpenAiResponses,
        { Model: { Reasons: true, ToolsWithReasoningInChat: false }, Request: { HasTools: true, IsReasoningOff: false } } => WireFormat.OpenAiResponses,
        _ => WireFormat.OpenAiChat,
    };

    public string ProbeModel => "gpt-4o-mini";

    public WireFormat ProbeWire => WireFormat.OpenAiChat;

    // No limit on the output: models differ in which of the two limits they take, and the answer to this is a word.
    public byte[] ProbeBody(string model) =>
        JsonSerializer.SerializeToUtf8Bytes(new { model, messages = new[] { new { role = "user", content = "Reply with the word ok." } } });

    public HttpRequestMessage CreateRequest(in UpstreamCall call)
    {
        var operation = call switch
        {
            { Wire: WireFormat.OpenAiEmbeddings } => "embeddings",
            { Operation: Operation.CountTokens } => "responses/input_tokens",
            { Wire: WireFormat.OpenAiResponses } => "responses",
            _ => "chat/completions",
        };
        var request = new HttpRequestMessage(HttpMethod.Post, call.Account.Url(operation, call.Query, UpstreamUrl.OpenAi)) { Content = call.Content };
        UpstreamHeaders.CopyFromClient(request, call.ClientHeaders, "openai-beta");
        request.Headers.TryAddWithoutValidation("authorization", $"Bearer {call.Account.Credentials["api_key"]}");
        AddIfSet(request, "openai-organization", call.Account, "organization");
        AddIfSet(request, "openai-project", call.Account, "project");
        return request;
    }

    public Failure ReadFailure(in UpstreamRefusal refusal)
    {
        var said = ErrorBody.Read(refusal.Body.Span, OpenAiErrors.Read);
        var retryAfter = UpstreamHeaders.RetryAfter(refusal.Headers, refusal.Now);
        var kind = refusal.Status switch
        {
            400 or 422 => said.Kind is FailureKind.ContextLength or FailureKind.ContentFilter ? said.Kind : FailureKind.InvalidRequest,
            401 or 403 => FailureKind.AuthAccount,
            402 => FailureKind.QuotaAccount,
            404 => FailureKind.ModelNotFound,
            408 or 504 => FailureKind.Timeout,
            413 => FailureKind.TooLarge,
            429 => said.Kind == FailureKind.QuotaAccount ? FailureKind.QuotaAccount : FailureKind.RateLimit,
            503 or 529 => FailureKind.Overloaded,
            < 400 or >= 500 => FailureKind.Server, // No platform redirects: that is a wrong address.
            _ => FailureKind.InvalidRequest,
        };
        return said with { Kind = kind, RetryAfter = retryAfter };
    }

    private static void AddIfSet(HttpRequestMessage request, string header, Scheduling.UpstreamAccount account, string field)
    {
        if (account.Credentials.Find(field) is { Length: > 0 } value)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }
    }
}
