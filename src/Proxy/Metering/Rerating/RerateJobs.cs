using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Time;

namespace Gateway.Proxy.Metering.Rerating;

/// <summary>How far a job is that prices past requests again.</summary>
internal sealed record RerateJob
{
    public required Guid Id { get; init; }

    public required Platform Platform { get; init; }

    public required string Model { get; init; }

    public required DateTime FromUtc { get; init; }

    public required DateTime ToUtc { get; init; }

    public string Status { get; init; } = Waiting;

    public ReratingResult Result { get; init; }

    /// <summary>Why it failed; null: it did not.</summary>
    public string? Error { get; init; }

    public const string Waiting = "waiting";
    public const string Running = "running";
    public const string Done = "done";
    public const string Failed = "failed";
}

/// <summary>Runs jobs that price past requests again, one after the other. How far they are is in Redis, for all instances. A job that its process did not finish can be started again: what is corrected stays so.</summary>
internal sealed partial class RerateJobs(UsageRerating rerating, UsageSync sync, RedisConnection redis, ILogger<RerateJobs> logger) : BackgroundService
{
    private const int MostWaiting = 100;

    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    private readonly Channel<RerateJob> _jobs = Channel.CreateBounded<RerateJob>(MostWaiting);

    /// <returns>Null: too many wait already.</returns>
    /// <exception cref="StackExchange.Redis.RedisException">Redis is away: nobody could be told how far it is.</exception>
    public async Task<RerateJob?> StartAsync(Platform platform, string model, TimeRange range)
    {
        var job = new RerateJob { Id = Guid.CreateVersion7(), Platform = platform, Model = model, FromUtc = range.FromUtc, ToUtc = range.ToUtc };
        await SaveAsync(job);
        return _jobs.Writer.TryWrite(job) ? job : null;
    }

    /// <returns>Null: there is none, or it is long over.</returns>
    public async Task<RerateJob?> FindAsync(Guid id) =>
        (byte[]?)await redis.Database.StringGetAsync(RedisKeys.RerateJob(id)) is { } json ? JsonSerializer.Deserialize(json, RerateJson.Default.RerateJob) : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var job in _jobs.Reader.ReadAllAsync(stoppingToken))
            {
                await RunAsync(job, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Started again, it goes on where it was.
        }
    }

    private async Task RunAsync(RerateJob job, CancellationToken cancellationToken)
    {
        try
        {
            await SaveAsync(job with { Status = RerateJob.Running });
            await sync.RunAsync(cancellationToken); // What has ended is priced again, too.
            var result = await rerating.RunAsync(
                job.Platform, job.Model, new TimeRange(job.FromUtc, job.ToUtc), result => SaveAsync(job with { Status = RerateJob.Running, Result = result }), cancellationToken);
            await SaveAsync(job with { Status = RerateJob.Done, Result = result });
            Log.Done(logger, job.Platform.Name(), job.Model, result.Changed, result.Records);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.Failed(logger, exception, job.Id);
            await TrySaveAsync(job with { Status = RerateJob.Failed, Error = "It failed: the gateway's log says why. Start it again; what is corrected stays so." });
        }
    }

    private async Task TrySaveAsync(RerateJob job)
    {
        try
        {
            await SaveAsync(job);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.NotSaved(logger, exception.Message);
        }
    }

    private Task SaveAsync(RerateJob job) => redis.Database.StringSetAsync(RedisKeys.RerateJob(job.Id), JsonSerializer.SerializeToUtf8Bytes(job, RerateJson.Default.RerateJob), Life);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Priced {Model} on {Platform} again: {Changed} of {Records} requests cost something else")]
        public static partial void Done(ILogger logger, string platform, string model, long changed, long records);

        [LoggerMessage(LogLevel.Error, "Job {JobId}, which prices past requests again, has failed")]
        public static partial void Failed(ILogger logger, Exception exception, Guid jobId);

        [LoggerMessage(LogLevel.Warning, "How far a job is could not be written down: {Reason}")]
        public static partial void NotSaved(ILogger logger, string reason);
    }
}

[JsonSerializable(typeof(RerateJob))]
internal sealed partial class RerateJson : JsonSerializerContext;
