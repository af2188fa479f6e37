using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Streaming;

namespace Gateway.Proxy;

/// <summary>How one account answered one tiny request.</summary>
/// <param name="Status">The platform's status; 0: there was no answer.</param>
/// <param name="Model">As it is named at the platform.</param>
/// <param name="Failure">Null: the account works.</param>
internal sealed record ProbeResult(int Status, long LatencyMs, string Model, Failure? Failure);

/// <summary>Tries an account as a proxied request would use it: same address, pool, credentials and reading of refusals. Nothing is recorded.</summary>
internal sealed class AccountProbe(AdapterRegistry adapters, TimeProvider clock)
{
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <returns>Null: there is no adapter for the account's platform.</returns>
    public async Task<ProbeResult?> RunAsync(UpstreamAccount account, string? model, CancellationToken cancellationToken)
    {
        if (adapters.Find(account.Platform) is not { } adapter)
        {
            return null;
        }

        var upstreamModel = account.UpstreamModel(model ?? account.NamedModels.FirstOrDefault() ?? adapter.ProbeModel);
        var started = clock.GetTimestamp();
        using var end = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        using var content = new ByteArrayContent(adapter.ProbeBody(upstreamModel)) { Headers = { ContentType = new("application/json") } };
        var call = new UpstreamCall(account, adapter.ProbeWire, Operation.Generate, content, new HeaderDictionary(), "") { Model = upstreamModel };
        using var request = adapter.CreateRequest(call);
        try
        {
            if (await adapter.AuthenticateAsync(request, call, either.Token) is { } refusal)
            {
                return Result(0, refusal);
            }

            using var response = await account.Invoker.SendAsync(request, either.Token);
            var status = (int)response.StatusCode;
            var answer = await ReadAsync(response, either.Token);
            var failure = response.IsSuccessStatusCode
                ? IsJsonObject(answer.Span) ? null : new Failure(FailureKind.Server, "The answer is no JSON object: base_url may lead elsewhere.")
                : adapter.ReadFailure(new UpstreamRefusal(status, response.Headers, answer, clock.GetUtcNow()));
            return Result(status, failure);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Result(0, new Failure(FailureKind.Unreachable, $"The platform could not be reached: {exception.Message}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Result(0, new Failure(FailureKind.Timeout, $"The platform did not answer within {Limit.TotalSeconds:0} seconds."));
        }

        ProbeResult Result(int status, Failure? failure) => new(
            status,
            (long)clock.GetElapsedTime(started).TotalMilliseconds,
            upstreamModel,
            failure is null ? null : failure with { Message = Redaction.Apply(failure.Message, account.Credentials) });
    }

    private static bool IsJsonObject(ReadOnlySpan<byte> answer)
    {
        try
        {
            var reader = new Utf8JsonReader(answer);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var answer = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; answer.Length < MostBytes && (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            answer.Write(buffer, 0, read);
        }

        return answer.ToArray();
    }
}
