using System.Threading.Channels;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Metering.Spool;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Metering;

/// <summary>
/// Writes down what requests use: in the spool before and after, at once, and then settles them in Redis, which counts and queues them. A client's last
/// bytes never wait for Redis.
/// </summary>
internal sealed partial class Meter(
    UsageSpool spool, UsageQueue queue, Reservations reservations, RedisConnection redis, PriceDirectory prices, DynamicConfigs configs, TimeProvider clock, ILogger<Meter> logger)
    : BackgroundService
{
    private const int MostHandedOver = 10_000;
    private const int MostInBatch = 256;

    // Settled together, requests share what it costs to talk to Redis: 0.095 CPU seconds per 1,000 requests against 0.130 (W1 of the benchmarks, 2 cores).
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    // More often nobody needs to know; each chunk of a stream asks.
    private static readonly TimeSpan LeastProgress = TimeSpan.FromSeconds(1);

    // How soon what Redis did not take is tried again.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Channel<Work> _handedOver = Channel.CreateBounded<Work>(new BoundedChannelOptions(MostHandedOver) { SingleReader = true });
    private bool _isRedisAway;

    /// <summary>Notes that a request is about to go upstream: should this process die, the next one bills it as an estimate.</summary>
    /// <exception cref="IOException">The spool cannot be written: the request must not go out.</exception>
    public void Open(ProxyCall call)
    {
        if (call.Operation.IsBilled())
        {
            AppendOpen(call, UsageEstimate.BeforeAnswer(call, Quote(call)));
        }
    }

    /// <summary>Notes from time to time how far a long answer is: should this process die, the next one knows that so much was used.</summary>
    public void NoteProgress(ProxyCall call)
    {
        var since = clock.GetElapsedTime(call.SpooledTimestamp);
        if (since < LeastProgress || !call.Operation.IsBilled() || configs.Get(MeteringSettings.ProgressSeconds) is not (> 0 and var seconds) || since < TimeSpan.FromSeconds(seconds))
        {
            return;
        }

        try
        {
            AppendOpen(call, UsageEstimate.SoFar(call, Quote(call)));
        }
        catch (IOException)
        {
            // Said and shown by the spool itself; the answer goes on, and what was written before still counts.
        }
    }

    private void AppendOpen(ProxyCall call, RequestUsage usage)
    {
        // Nobody will be there to say what the client got: certainly no proper end.
        var request = Describe(call, usage) with
        {
            HttpStatus = StatusCodes.Status500InternalServerError,
            ErrorKind = FailureKind.Server.Name(),
            ErrorMessage = "The gateway ended while the request was under way.",
            Attempts = call.Attempts.Count + 1,
        };
        call.SpooledTimestamp = clock.GetTimestamp();
        spool.Append(SpoolRecordKind.Open, call.RequestId, UsageQueue.Write(request));
    }

    /// <summary>Writes an ended request down. Waits only if the spool has failed and thousands stand before it.</summary>
    public ValueTask SettleAsync(ProxyCall call)
    {
        var usage = call.ReachedUpstream && call.Operation.IsBilled()
            ? UsageEstimate.AfterAnswer(call, Quote(call), configs.Get(MeteringSettings.ChargeFailed))
            : null;
        call.AccountReservation?.Settle(usage);
        var request = Describe(call, usage);
        var payload = UsageQueue.Write(request);
        var isSpooled = TrySpool(request.RequestId, payload);
        var work = new Work(request, payload, null);

        // A full channel is no loss: what the spool has and Redis does not is settled from there.
        return _handedOver.Writer.TryWrite(work) || isSpooled ? ValueTask.CompletedTask : _handedOver.Writer.WriteAsync(work);
    }

    /// <summary>Waits until everything that ended before is settled, if Redis is there.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _handedOver.Writer.WriteAsync(new Work(null, null, done), cancellationToken);
        await done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends after what was handed over is settled; called when no request runs any more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _handedOver.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken);
        }

        spool.Flush();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var retry = clock.CreateTimer(_ => _handedOver.Writer.TryWrite(default), null, RetryInterval, RetryInterval);
        var batch = new List<Work>(MostInBatch);

        // Not the stopping token: what was handed over is settled before the process ends.
        while (await _handedOver.Reader.WaitToReadAsync(CancellationToken.None))
        {
            TakeInto(batch);
            if (batch.Count < MostInBatch && !batch.Exists(work => work.Done is not null))
            {
                await Task.Delay(Gathering, clock, CancellationToken.None);
                TakeInto(batch);
            }

            try
            {
                var isSettled = await SettleAsync(batch.FindAll(work => work.Request is not null));
                if (!isSettled)
                {
                    LeaveToSpool(batch);
                }
                else if (batch.Exists(work => work.Request is null))
                {
                    await SettleLeftAsync();
                }
            }
            catch (Exception exception)
            {
                Log.Failed(logger, exception);
            }

            foreach (var work in batch)
            {
                work.Done?.SetResult();
            }

            batch.Clear();
        }
    }

    private void TakeInto(List<Work> batch)
    {
        while (batch.Count < MostInBatch && _handedOver.Reader.TryRead(out var work))
        {
            batch.Add(work);
        }
    }

    /// <summary>Takes everything off the channel that would only wait for the same failure: whoever flushes must not wait for it once for every batch.</summary>
    private void LeaveToSpool(List<Work> batch)
    {
        var next = batch.Count;
        while (_handedOver.Reader.TryRead(out var work))
        {
            batch.Add(work);
        }

        KeepAll(batch.Skip(next).Where(work => work.Request is not null));
    }

    /// <summary>Settles what the spool has and Redis did not take when it ended.</summary>
    private async Task SettleLeftAsync()
    {
        var batch = new List<Work>(MostInBatch);
        for (var left = spool.CountUnsettled().All; left > 0 && redis.IsConnected; left -= MostInBatch)
        {
            var unsettled = spool.Unsettled(MostInBatch);
            foreach (var (requestId, isStored) in unsettled)
            {
                if (UsageQueue.TryRead(spool.Read(requestId), out var request))
                {
                    batch.Add(new Work(request, isStored ? [] : UsageQueue.Write(request), null));
                }
            }

            if (!await SettleAsync(batch))
            {
                return;
            }

            batch.Clear();
        }
    }

    /// <returns>Whether Redis took all of them.</returns>
    private async Task<bool> SettleAsync(List<Work> batch)
    {
        if (batch.Count == 0)
        {
            return true;
        }

        if (!redis.IsConnected)
        {
            NoteRedis(isAway: true, "it is not connected");
            KeepAll(batch);
            return false;
        }

        var settling = batch.ConvertAll(work => work.Payload!.Length > 0 ? queue.AddAsync(work.Request!, work.Payload) : queue.CountAsync(work.Request!));
        string? failure = null;
        try
        {
            await Task.WhenAll(settling);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            failure = exception.Message;
        }

        var settled = batch.Where((_, index) => settling[index] is { IsCompletedSuccessfully: true, Result: true }).Select(work => work.Request!.RequestId).ToList();
        spool.Settled(settled);
        reservations.Settled(settled);
        NoteRedis(failure is not null, failure);
        KeepAll(batch.Where((_, index) => !settling[index].IsCompletedSuccessfully || !settling[index].Result));

        return failure is null && settling.TrueForAll(settled => settled.Result);
    }

    /// <summary>What Redis does not take must be in the spool, which may have failed when the request ended.</summary>
    private void KeepAll(IEnumerable<Work> batch)
    {
        var lost = batch.Count(work => work.Payload is { Length: > 0 } payload && !spool.Has(work.Request!.RequestId) && !TrySpool(work.Request.RequestId, payload));
        if (lost > 0)
        {
            Log.Lost(logger, lost);
        }
    }

    private void NoteRedis(bool isAway, string? reason)
    {
        if (isAway && !_isRedisAway)
        {
            Log.RedisAway(logger, reason);
        }
        else if (!isAway && _isRedisAway)
        {
            Log.RedisBack(logger, spool.CountUnsettled().All);
        }

        _isRedisAway = isAway;
    }

    private bool TrySpool(Guid requestId, byte[] payload)
    {
        try
        {
            spool.Append(SpoolRecordKind.Close, requestId, payload);
            return true;
        }
        catch (IOException)
        {
            // Said and shown by the spool itself; Redis still gets the request.
            return false;
        }
    }

    /// <summary>What the platform has reported for the present attempt, at list price, in nano-USD.</summary>
    public long ReportedCost(ProxyCall call) =>
        call.ReachedUpstream && call.Operation.IsBilled() && call.Reader is { Usage: { IsReported: true } usage } ? CostCalculator.CostNanoUsd(Quote(call), usage) : 0;

    /// <summary>What the platform has reported for the present attempt; null: nothing.</summary>
    public RequestUsage? ReportedUsage(ProxyCall call) =>
        call.ReachedUpstream && call.Operation.IsBilled() && call.Reader is { Usage.IsReported: true } ? UsageEstimate.SoFar(call, Quote(call)) : null;

    /// <summary>Whether the operator lets the attempt's model be served: those without a price may be refused.</summary>
    public bool MayServe(ProxyCall call) => !Quote(call).Refused;

    private PriceQuote Quote(ProxyCall call) =>
        prices.Quote(new PricedModel(call.Account!.Platform, call.UpstreamModel!, call.Route!.Model, call.Account.Region), call.CreatedAtUtc);

    private EndedRequest Describe(ProxyCall call, RequestUsage? usage) => new()
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
        ErrorMessage = Cut(call.Failure?.Message, RequestLog.ErrorMessageMaxLength),
        Attempts = call.Attempts.Count,
        Trace = call.Route is not null && (call.Attempts.Count > 0 || call.PassedOver.Length > 0 || call.KeySlots is not null) ? DecisionTrace.Write(call) : null,
        DurationMs = (long)clock.GetElapsedTime(call.StartedTimestamp).TotalMilliseconds,
        FirstTokenMs = (long?)call.FirstToken?.TotalMilliseconds,
        ClientIp = call.Http.Connection.RemoteIpAddress?.ToString() ?? "",
        UserAgent = Cut(call.Http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null, RequestLog.UserAgentMaxLength),
        UpstreamRequestId = call.UpstreamRequestId,
        Usage = usage,
    };

    private static string? Cut(string? text, int most) => text?.Length > most ? text[..most] : text;

    /// <param name="Payload">What is queued; empty: the database has the request, so it is only counted.</param>
    /// <param name="Done">Completed when everything before it is settled. Without a request: what was left before is tried again.</param>
    private readonly record struct Work(EndedRequest? Request, byte[]? Payload, TaskCompletionSource? Done);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Redis does not take ended requests; they stay in the spool and are settled when it is back: {Reason}")]
        public static partial void RedisAway(ILogger logger, string? reason);

        [LoggerMessage(LogLevel.Information, "Redis takes ended requests again; {Count} wait in the spool")]
        public static partial void RedisBack(ILogger logger, int count);

        [LoggerMessage(LogLevel.Error, "{Count} ended requests are lost: neither the spool nor Redis took them")]
        public static partial void Lost(ILogger logger, int count);

        [LoggerMessage(LogLevel.Error, "Ended requests could not be settled; what the spool has is tried again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
