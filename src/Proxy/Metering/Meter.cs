using System.Text.Json;
using System.Threading.Channels;
using Gateway.Infrastructure.Configs;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Metering.Spool;
using Gateway.Proxy.Neutral;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering;

/// <summary>Writes down what requests use: in the spool before and after, then in Redis. A client's last bytes never wait for it.</summary>
internal sealed partial class Meter(UsageSpool spool, UsageQueue queue, PriceDirectory prices, DynamicConfigs configs, TimeProvider clock, ILogger<Meter> logger)
    : BackgroundService
{
    private const int MostWaiting = 10_000;
    private const int MostInBatch = 256;

    // Full: the end of a response waits, never its stream.
    private readonly Channel<Work> _waiting = Channel.CreateBounded<Work>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>Notes that a request is about to go upstream: should this process die, the next one bills it as an estimate.</summary>
    /// <exception cref="IOException">The spool cannot be written: the request must not go out.</exception>
    public void Open(ProxyCall call)
    {
        if (call.Operation == Operation.Generate)
        {
            var request = Describe(call, UsageEstimate.BeforeAnswer(call, Quote(call)));
            spool.Append(SpoolRecordKind.Open, call.RequestId, UsageQueue.Write(request));
        }
    }

    /// <summary>Hands over an ended request. Returns at once unless thousands wait already.</summary>
    public ValueTask SettleAsync(ProxyCall call)
    {
        var usage = call is { ReachedUpstream: true, Operation: Operation.Generate }
            ? UsageEstimate.AfterAnswer(call, Quote(call), configs.Get(MeteringSettings.ChargeFailed))
            : null;
        return _waiting.Writer.WriteAsync(new Work(Describe(call, usage), null));
    }

    /// <summary>Waits until everything handed over before is in the spool and, if Redis is there, counted.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _waiting.Writer.WriteAsync(new Work(null, done), cancellationToken);
        await done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends after what waits is written down; called when no request runs any more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Work>(MostInBatch);

        // Not the stopping token: what waits is written down before the process ends.
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < MostInBatch && _waiting.Reader.TryRead(out var work))
            {
                batch.Add(work);
            }

            await WriteAsync(batch);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<Work> batch)
    {
        var settling = new List<Task>(batch.Count);
        try
        {
            var payloads = batch.ConvertAll(work => work.Request is { } request ? UsageQueue.Write(request) : null);
            Spool(batch, payloads);
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch[i].Request is { } request)
                {
                    settling.Add(queue.AddAsync(request, payloads[i]!));
                }
            }

            await Task.WhenAll(settling);
        }
        catch (Exception exception) when (exception is RedisException or InvalidOperationException or TimeoutException)
        {
            Log.RedisAway(logger, settling.Count(task => !task.IsCompletedSuccessfully), exception.Message);
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception);
        }

        foreach (var work in batch)
        {
            work.Done?.SetResult();
        }
    }

    private void Spool(List<Work> batch, List<byte[]?> payloads)
    {
        try
        {
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch[i].Request is { } request)
                {
                    spool.Append(SpoolRecordKind.Close, request.RequestId, payloads[i]);
                }
            }

            spool.Flush();
        }
        catch (IOException)
        {
            // Said and shown by the spool itself; Redis still gets the request.
        }
    }

    /// <summary>Whether the operator lets the attempt's model be served: those without a price may be refused.</summary>
    public bool MayServe(ProxyCall call) => !Quote(call).Refused;

    private PriceQuote Quote(ProxyCall call) => prices.Book.Find(
        call.Account!.Platform, call.UpstreamModel!, call.Account.Credentials.Find("region"), call.CreatedAtUtc);

    private SettledRequest Describe(ProxyCall call, SettledUsage? usage) => new()
    {
        RequestId = call.RequestId,
        CreatedAtUtc = call.CreatedAtUtc,
        ApiKeyId = call.Key.Id,
        UserId = call.Key.UserId,
        AccountId = call.Account?.Id,
        Platform = call.Account?.Platform,
        Model = call.Route?.Model ?? (call.Request.Model.Length > 0 ? call.Request.Model : null),
        UpstreamModel = call.UpstreamModel,
        ClientFormat = call.Format.Name,
        Endpoint = call.Endpoint,
        Stream = call.Request.Stream,
        HttpStatus = call.Failure is { Kind: FailureKind.ClientGone } ? StatusCodes.Status499ClientClosedRequest : call.Http.Response.StatusCode,
        ErrorKind = call.Failure?.Kind.Name(),
        ErrorMessage = Cut(call.Failure?.Message, 1000),
        Attempts = call.Attempts.Count,
        Trace = call.Attempts.Count > 0 ? Trace(call) : null,
        DurationMs = (long)clock.GetElapsedTime(call.StartedTimestamp).TotalMilliseconds,
        FirstTokenMs = (long?)call.FirstToken?.TotalMilliseconds,
        ClientIp = call.Http.Connection.RemoteIpAddress?.ToString() ?? "",
        UserAgent = Cut(call.Http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null, 200),
        UpstreamRequestId = call.UpstreamRequestId,
        Usage = usage,
    };

    private static string? Cut(string? text, int most) => text?.Length > most ? text[..most] : text;

    private static string Trace(ProxyCall call)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("candidates", call.Route!.Candidates.Count);
            writer.WriteStartArray("attempts");
            foreach (var attempt in call.Attempts)
            {
                writer.WriteStartObject();
                writer.WriteNumber("account_id", attempt.AccountId);
                writer.WriteString("upstream_model", attempt.UpstreamModel);
                writer.WriteNumber("status", attempt.Status);
                writer.WriteString("error_kind", attempt.Failure?.Kind.Name());
                writer.WriteString("error_message", Cut(attempt.Failure?.Evidence ?? attempt.Failure?.Message, 300));
                writer.WriteNumber("duration_ms", attempt.DurationMs);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <param name="Done">Completed when everything before it is written; then there is no request.</param>
    private readonly record struct Work(SettledRequest? Request, TaskCompletionSource? Done);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Count} ended requests are not counted in Redis yet; the spool has them: {Reason}")]
        public static partial void RedisAway(ILogger logger, int count, string reason);

        [LoggerMessage(LogLevel.Error, "Ended requests could not be settled; what the spool has is delivered later")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
