using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiResponses;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy;

/// <summary>Calls about a response that a platform keeps: they go to the account that made it, as they are, and to no other. None costs anything.</summary>
internal sealed class StoredResponses(
    CallRunner runner, ResponseBindings bindings, AccountDirectory accounts, AdapterRegistry adapters, ResponsesFormat format, RedisClock redisClock, TimeProvider clock)
{
    /// <param name="endpoint">The route, for the request log.</param>
    /// <param name="part">What follows the id in the address: <c>/input_items</c>, or nothing.</param>
    public Task ForwardAsync(HttpContext http, string responseId, string endpoint, string part = "")
    {
        var call = new ProxyCall(http, format, Operation.Stored, endpoint, clock) { CreatedAtUtc = redisClock.UtcNow };
        return runner.RunAsync(call, end => TryAsync(call, responseId, part, end));
    }

    private async Task<Failure?> TryAsync(ProxyCall call, string responseId, string part, CallCancellation end)
    {
        if (UpstreamHeaders.Check(call.Http.Request.Headers) is { } wrongHeader)
        {
            return wrongHeader;
        }

        // Whose it is, and whether this key may use that account: neither may be told from an id that never was.
        if (await bindings.FindAsync(call.Key.UserId, responseId, end.Token) is not { } accountId
            || accounts.Find(accountId) is not { } account || !IsPermitted(account, call.Key) || adapters.Find(account.Platform) is not IStoresResponses storing)
        {
            return new Failure(FailureKind.NotFound, $"Response with id '{responseId}' not found.");
        }

        if (!account.Enabled)
        {
            return new Failure(FailureKind.NoAccount, "The account that keeps this response is switched off at the moment.", RetryAfter: TimeSpan.FromSeconds(60));
        }

        call.Account = account;
        call.Reader = new ResponsesReader();
        var method = new HttpMethod(call.Http.Request.Method);
        using var content = method == HttpMethod.Post ? new ByteArrayContent([]) : null;
        var query = CallRunner.QueryOf(call.Http.Request);
        var upstream = new UpstreamCall(account, WireFormat.OpenAiResponses, call.Operation, content, call.Http.Request.Headers, query) { Model = "" };
        using var request = storing.CreateRequest(method, $"{responseId}{part}", upstream);
        var attempt = await runner.ExchangeAsync(call, adapters[account.Platform], upstream, request, end);
        if (attempt.Failure is { Kind: FailureKind.ModelNotFound } gone)
        {
            return gone with { Kind = FailureKind.NotFound };
        }

        if (attempt.Failure is null && method == HttpMethod.Delete)
        {
            await bindings.ForgetAsync(call.Key.UserId, responseId, CancellationToken.None);
        }

        return attempt.Failure;
    }

    private static bool IsPermitted(UpstreamAccount account, ApiKeyIdentity key) =>
        (key.AccountGroup is null || key.AccountGroup == account.Group) && key.AllowsPlatform(account.Platform);
}
