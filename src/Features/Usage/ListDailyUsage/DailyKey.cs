using System.Text;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Queries;

namespace Gateway.Features.Usage.ListDailyUsage;

/// <summary>What one row of the list is about.</summary>
/// <param name="Day">Start of the UTC day.</param>
/// <param name="AccountId">0 where all accounts are added up.</param>
internal readonly record struct DailyKey(DateTime Day, long ApiKeyId, long AccountId, string Model) : IComparable<DailyKey>
{
    public static DailyKey Of(EndedRequest request, bool byAccount) =>
        new(request.CreatedAtUtc.Date, request.ApiKeyId, byAccount ? request.AccountId ?? 0 : 0, request.Model ?? "");

    /// <summary>The order of the list: everything descending, as the table's index can be read backwards.</summary>
    public int CompareTo(DailyKey other)
    {
        var order = other.Day.CompareTo(Day);
        order = order != 0 ? order : other.ApiKeyId.CompareTo(ApiKeyId);
        order = order != 0 ? order : other.AccountId.CompareTo(AccountId);

        // Both databases compare texts by code points, which is the order of their UTF-8 bytes but not of UTF-16.
        return order != 0 ? order : Encoding.UTF8.GetBytes(other.Model).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(Model));
    }
}

internal readonly record struct DailyRow(DailyKey Key, UsageSums Sums);
