using System.Globalization;
using Gateway.Infrastructure;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>What usage is grouped by, other than time.</summary>
internal enum UsageDimension
{
    /// <summary>Everything in one group.</summary>
    Total,
    Model,
    Platform,
    Account,
    ApiKey,
    User,
}

internal static class UsageDimensions
{
    public const string TotalKey = "total";

    /// <summary>The group of a request that is not in the database yet, named as the statements name it.</summary>
    public static string KeyOf(this UsageDimension dimension, EndedRequest request) => dimension switch
    {
        UsageDimension.Model => request.Model ?? "",
        UsageDimension.Platform => request.Platform?.Name() ?? "",
        UsageDimension.Account => Text(request.AccountId ?? 0),
        UsageDimension.ApiKey => Text(request.ApiKeyId),
        UsageDimension.User => Text(request.UserId),
        _ => TotalKey,
    };

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
