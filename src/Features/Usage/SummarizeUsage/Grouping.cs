using Gateway.Proxy.Metering.Queries;

namespace Gateway.Features.Usage.SummarizeUsage;

/// <summary>The values of <c>group_by</c>.</summary>
internal static class Grouping
{
    public const string Day = "day";
    public const string Hour = "hour";
    public const string Account = "account";
    public const string User = "user";

    private const string Model = "model";
    private const string Platform = "platform";
    private const string ApiKey = "api_key";

    public static readonly string[] All = [Day, Hour, Model, Platform, Account, ApiKey, User];

    /// <summary>What is grouped by when it is not time.</summary>
    public static UsageDimension DimensionOf(string? groupBy) => groupBy switch
    {
        Model => UsageDimension.Model,
        Platform => UsageDimension.Platform,
        Account => UsageDimension.Account,
        ApiKey => UsageDimension.ApiKey,
        User => UsageDimension.User,
        _ => UsageDimension.Total,
    };
}
