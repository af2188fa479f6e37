using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Platforms.OpenAi;

/// <summary>What OpenAI's own API and Azure's have in common: formats, bodies and errors. Addresses and credentials differ.</summary>
/// <remarks>Source: OpenAI API reference and error codes; Azure OpenAI REST reference, read 2026-11.</remarks>
internal abstract class OpenAiApi : IPlatformAdapter, IStoresResponses
{
    /// <summary>A free tier of Azure says this under 403: "Out of call volume quota for … pricing tier. Please retry after 7 days."</summary>
    private const string OutOfCalls = "Out of call volume quota";

    private const string NotServedHere = "Country, region, or territory not supported";

    public abstract Platform Platform { get; }

    public bool Supports(Operation operation) => true;

    public WireFormat? Choose(in WireQuestion question) => question switch
    {
        { Operation: Operation.Embed } => WireFormat.OpenAiEmbeddings,
        { Operation: Operation.CountTokens or Operation.Compact, Account.ChatUpstream: "chat" } => null, // Only Responses can be, which such a server does not have.
        { Operation: Operation.CountTokens or Operation.Compact } => WireFormat.OpenAiResponses,
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
            { Operation: Operation.Compact } => "responses/compact",
            { Wire: WireFormat.OpenAiResponses } => "responses",
            _ => "chat/completions",
        };
        return CreateRequest(HttpMethod.Post, Address(call, operation), call);
    }

    public HttpRequestMessage CreateRequest(HttpMethod method, string response, in UpstreamCall call)
    {
        var query = call.Query;
        var account = call.Account;
        return CreateRequest(method, account.Url(baseUrl => UpstreamUrl.WithQuery(Join(baseUrl, $"responses/{response}", account), query)), call);
    }

    public virtual ValueTask<Failure?> AuthenticateAsync(HttpRequestMessage request, UpstreamCall call, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Failure?>(null);

    public Failure ReadFailure(in UpstreamRefusal refusal)
    {
        var said = ErrorBody.Read(refusal.Body.Span, OpenAiErrors.Read);
        var wait = RetryTimes.OfHeaders(refusal.Headers, refusal.Now);
        if (refusal.Status == 403 && said.Message.StartsWith(OutOfCalls, StringComparison.OrdinalIgnoreCase))
        {
            wait ??= RetryTimes.OfText(said.Message);
            return said with { Kind = FailureKind.QuotaAccount, RetryAfter = wait, IsLongLimit = wait is not null, IsWholeAccount = true };
        }

        var kind = refusal.Status switch
        {
            400 or 403 or 429 when said.Kind is FailureKind.AuthAccount || DeadCredentials.AreSaid(said.Message) => FailureKind.AuthAccount,
            400 or 403 or 429 when said.Kind is FailureKind.QuotaAccount => said.Kind,
            403 when said.Kind is FailureKind.ModelNotFound || said.Message.StartsWith(NotServedHere, StringComparison.OrdinalIgnoreCase) => FailureKind.ModelNotFound,
            400 or 422 when said.Kind is FailureKind.ContextLength or FailureKind.ContentFilter => said.Kind,
            _ => refusal.KindOfStatus(said.Message),
        };
        if (kind is FailureKind.RateLimit or FailureKind.Overloaded)
        {
            wait ??= RetryTimes.OfEmptyBuckets(refusal.Headers, ("x-ratelimit-remaining-", ""), ("x-ratelimit-reset-", ""), RetryTimes.OfDuration) ?? RetryTimes.OfText(said.Message);
        }

        return said with { Kind = kind, RetryAfter = wait, IsWholeAccount = kind == FailureKind.QuotaAccount ? true : null };
    }

    /// <param name="operation">For instance <c>chat/completions</c>.</param>
    protected abstract Uri Address(in UpstreamCall call, string operation);

    /// <summary>The address of an operation that names no deployment, with the query that the account itself needs.</summary>
    protected abstract string Join(string baseUrl, string operation, UpstreamAccount account);

    /// <summary>Adds those credentials that are at hand.</summary>
    protected abstract void Authorize(HttpRequestMessage request, UpstreamAccount account);

    private HttpRequestMessage CreateRequest(HttpMethod method, Uri address, in UpstreamCall call)
    {
        var request = new HttpRequestMessage(method, address) { Content = call.Content };
        UpstreamHeaders.CopyFromClient(request, call.ClientHeaders, "openai-beta");
        Authorize(request, call.Account);
        return request;
    }
}
