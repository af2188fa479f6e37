using System.Globalization;
using Gateway.Infrastructure.Persistence;
using Gateway.Proxy.Metering.Queries;
using Gateway.Proxy.Platforms;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Usage.SummarizeUsage;

/// <summary>Names to show for groups. Rows of deleted keys, users and accounts stay, so theirs are found too.</summary>
internal static class GroupLabels
{
    /// <summary>Labels by key; a key without one is its own label.</summary>
    public static async Task<Dictionary<string, string>> ReadAsync(
        GatewayDbContext db, PlatformCatalogue platforms, UsageDimension dimension, IReadOnlyList<UsageGroup> groups, CancellationToken cancellationToken)
    {
        if (dimension == UsageDimension.Platform)
        {
            return platforms.All.ToDictionary(platform => platform.Id, platform => platform.Label.En);
        }

        var names = dimension switch
        {
            UsageDimension.ApiKey => db.ApiKeys.Select(row => new { row.Id, row.Name }),
            UsageDimension.Account => db.Accounts.Select(row => new { row.Id, row.Name }),
            UsageDimension.User => db.Users.Select(row => new { row.Id, Name = row.Username }),
            _ => null,
        };
        if (names is null)
        {
            return [];
        }

        var ids = groups.Select(group => long.TryParse(group.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).ToList();
        return await names.Where(row => ids.Contains(row.Id))
            .ToDictionaryAsync(row => row.Id.ToString(CultureInfo.InvariantCulture), row => row.Name, cancellationToken);
    }
}
