using System.Data;
using System.Data.Common;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace Gateway.Proxy.Metering.Store;

/// <summary>Writes ended requests to the database: records, logs and sums in one transaction that adds nothing when it is run again.</summary>
internal sealed partial class UsageStore(IServiceScopeFactory scopes, RefusedUsage refused, ILogger<UsageStore> logger)
{
    private const int MostTries = 5;

    private static readonly string[] RecordColumns =
    [
        "request_id", "batch_id", "created_at", "api_key_id", "user_id", "account_id", "platform", "model", "upstream_model", "client_format", "endpoint", "stream",
        "input_tokens", "output_tokens", "reasoning_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "service_tier", "details",
        "cost_nano_usd", "rate_multiplier", "billed_nano_usd", "price_version", "usage_source", "attempts", "duration_ms", "first_token_ms", "status",
        "upstream_request_id",
    ];

    private static readonly string[] LogColumns =
    [
        "request_id", "created_at", "api_key_id", "user_id", "account_id", "platform", "model", "upstream_model", "client_format", "endpoint", "stream",
        "http_status", "error_kind", "error_message", "attempts", "trace", "duration_ms", "first_token_ms", "client_ip", "user_agent",
    ];

    /// <summary>Writes a batch, once per request id whoever else writes it too. A deadlock is tried again; what the database will never take is set aside.</summary>
    public async Task WriteAsync(IReadOnlyCollection<EndedRequest> requests, CancellationToken cancellationToken)
    {
        // Sorted, so that two writers of the same rows wait for one another instead of locking each other out.
        var sorted = requests.DistinctBy(request => request.RequestId).OrderBy(request => request.RequestId).ToList();
        foreach (var impossible in sorted.Where(request => request.Usage is { IsPossible: false }))
        {
            refused.Add(UsageQueue.Write(impossible), "its counts are beyond any real request's");
        }

        sorted.RemoveAll(request => request.Usage is { IsPossible: false });
        await WriteSortedAsync(sorted, cancellationToken);
    }

    /// <summary>Halves a batch that the database refuses until the record is found that it means.</summary>
    private async Task WriteSortedAsync(List<EndedRequest> requests, CancellationToken cancellationToken)
    {
        try
        {
            await WriteWithRetryAsync(requests, cancellationToken);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException || (exception is DbException failure && DataError.Is(failure)))
        {
            if (requests is [var bad])
            {
                refused.Add(UsageQueue.Write(bad), exception.Message);
                return;
            }

            var half = requests.Count / 2;
            await WriteSortedAsync(requests[..half], cancellationToken);
            await WriteSortedAsync(requests[half..], cancellationToken);
        }
    }

    private async Task WriteWithRetryAsync(List<EndedRequest> requests, CancellationToken cancellationToken)
    {
        for (var attempt = 1; requests.Count > 0; attempt++)
        {
            try
            {
                await WriteOnceAsync(requests, cancellationToken);
                return;
            }
            catch (MySqlException exception) when (
                attempt < MostTries && exception.ErrorCode is MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout)
            {
                Log.Again(logger, attempt, exception.Message);
            }
        }
    }

    /// <summary>Which of the requests are in the database.</summary>
    public async Task<IReadOnlySet<Guid>> FindAsync(IReadOnlyCollection<Guid> requestIds, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        var found = new HashSet<Guid>();
        foreach (var chunk in requestIds.Select(RequestKey.Of).Chunk(500))
        {
            var keys = await db.RequestLogs.AsNoTracking().Where(log => chunk.Contains(log.RequestId)).Select(log => log.RequestId).ToListAsync(cancellationToken);
            found.UnionWith(keys.Select(key => RequestKey.ToGuid(key)));
        }

        return found;
    }

    private async Task WriteOnceAsync(List<EndedRequest> requests, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        await using var transaction = await WriteTransaction.BeginAsync(db, IsolationLevel.Unspecified, cancellationToken);
        var connection = db.Database.GetDbConnection();
        var dbTransaction = transaction.Inner;
        var isMySql = db is MySqlGatewayDbContext;
        var batch = RequestKey.Of(Guid.CreateVersion7());

        var records = requests.Where(request => request.Usage is not null).Select(request => RecordRow(request, batch)).ToList();
        if (records.Count > 0)
        {
            await new BulkInsert(connection, dbTransaction, isMySql, "usage_records", "request_id", RecordColumns).RunAsync(records, cancellationToken);
            foreach (var sql in isMySql ? UsageSql.MySqlSums : UsageSql.SqliteSums)
            {
                await using var command = connection.CreateCommand();
                command.Transaction = dbTransaction;
                command.CommandText = sql;
                var parameter = command.CreateParameter();
                parameter.ParameterName = "@batch";
                parameter.Value = batch;
                command.Parameters.Add(parameter);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        await new BulkInsert(connection, dbTransaction, isMySql, "request_logs", "request_id", LogColumns)
            .RunAsync([.. requests.Select(LogRow)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static object?[] RecordRow(EndedRequest request, byte[] batch)
    {
        var usage = request.Usage!;
        return
        [
            RequestKey.Of(request.RequestId), batch, request.CreatedAtUtc, request.ApiKeyId, request.UserId, request.AccountId ?? 0, request.Platform?.Name(),
            request.Model ?? "", request.UpstreamModel ?? "", request.ClientFormat, request.Endpoint, request.Stream,
            usage.InputTokens, usage.OutputTokens, usage.ReasoningTokens, usage.CacheReadTokens, usage.CacheWriteTokens, usage.CacheWrite1hTokens, usage.ServiceTier, UsageDetails.Write(usage.Details),
            usage.CostNanoUsd, usage.RateMultiplier, usage.BilledNanoUsd, usage.PriceVersion, usage.Source, request.Attempts, request.DurationMs, request.FirstTokenMs,
            usage.Status, request.UpstreamRequestId,
        ];
    }

    private static object?[] LogRow(EndedRequest request) =>
    [
        RequestKey.Of(request.RequestId), request.CreatedAtUtc, request.ApiKeyId, request.UserId, request.AccountId, request.Platform?.Name(), request.Model,
        request.UpstreamModel, request.ClientFormat, request.Endpoint, request.Stream, request.HttpStatus, request.ErrorKind, request.ErrorMessage,
        request.Attempts, request.Trace, request.DurationMs, request.FirstTokenMs, request.ClientIp, request.UserAgent,
    ];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The database asked to try the usage batch again ({Attempt}): {Reason}")]
        public static partial void Again(ILogger logger, int attempt, string reason);
    }
}
