using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Time;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>One column that must have one of some values, in the database and in the queue alike.</summary>
/// <param name="Column">Its name in <c>usage_records</c> or <c>request_logs</c>.</param>
/// <param name="Accepted">The values; at least one.</param>
/// <param name="ValueOf">The same value of a request that is not in the database yet.</param>
internal sealed record ExactFilter(string Column, IReadOnlyList<object> Accepted, Func<EndedRequest, object?> ValueOf)
{
    /// <summary>No filter at all when there are no values.</summary>
    public static IEnumerable<ExactFilter> Of<T>(string column, T[]? accepted, Func<EndedRequest, object?> valueOf)
        where T : notnull =>
        accepted is { Length: > 0 } ? [new ExactFilter(column, [.. accepted.Distinct().Cast<object>()], valueOf)] : [];
}

/// <summary>Which requests a query is about. All of its filters must hold.</summary>
internal sealed class UsageFilter(IReadOnlyList<ExactFilter> filters)
{
    public const string ApiKeyColumn = "api_key_id";
    public const string UserColumn = "user_id";
    public const string AccountColumn = "account_id";
    public const string ModelColumn = "model";
    public const string PlatformColumn = "platform";

    public static UsageFilter OfKeys(IReadOnlyCollection<ApiKey> keys) => new(
    [
        .. ExactFilter.Of(ApiKeyColumn, keys.Select(key => key.Id).ToArray(), request => request.ApiKeyId),
        .. ExactFilter.Of(UserColumn, keys.Select(key => key.UserId).ToArray(), request => request.UserId),
    ]);

    public static UsageFilter OfKey(long apiKeyId, long userId) => new(
    [
        .. ExactFilter.Of<long>(ApiKeyColumn, [apiKeyId], request => request.ApiKeyId),
        .. ExactFilter.Of<long>(UserColumn, [userId], request => request.UserId),
    ]);

    public static UsageFilter OfAccount(long accountId) => new([.. ExactFilter.Of<long>(AccountColumn, [accountId], request => request.AccountId)]);

    public UsageFilter And(params IEnumerable<ExactFilter> more) => new([.. filters, .. more]);

    public bool Matches(EndedRequest request) => filters.All(filter => filter.ValueOf(request) is { } value && filter.Accepted.Contains(value));

    /// <summary>The shards of the queue that matching requests wait in.</summary>
    public IEnumerable<int> Shards() => filters.FirstOrDefault(filter => filter.Column == UserColumn) is { } users
        ? users.Accepted.Select(user => RedisKeys.ShardOf((long)user)).Distinct()
        : Enumerable.Range(0, RedisKeys.Shards);

    /// <summary>Conditions on a table <c>s</c> that has a row for each request; each begins with AND.</summary>
    public string OnRequests(SqlText sql) => string.Concat(filters.Select(filter => $" AND s.{filter.Column} IN {sql.Values(filter.Accepted)}"));

    /// <summary>The same on a table <c>s</c> of sums. A key has one user and an account one platform for ever, so those are not part of the sums.</summary>
    public string OnSums(SqlText sql) => string.Concat(filters.Select(filter => filter.Column switch
    {
        UserColumn => $" AND s.api_key_id IN (SELECT id FROM api_keys WHERE user_id IN {sql.Values(filter.Accepted)})",
        PlatformColumn => $" AND s.account_id IN (SELECT id FROM accounts WHERE platform IN {sql.Values(filter.Accepted)})",
        _ => $" AND s.{filter.Column} IN {sql.Values(filter.Accepted)}",
    }));

    /// <summary>Differs between different filters: a cursor of one list must not continue another.</summary>
    public byte[] Fingerprint(TimeRange range)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{range.FromUtc:O} {range.ToUtc:O}");
        foreach (var filter in filters.OrderBy(filter => filter.Column, StringComparer.Ordinal))
        {
            text.Append('\n').Append(filter.Column);
            foreach (var value in filter.Accepted.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal))
            {
                text.Append('\0').Append(value);
            }
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
