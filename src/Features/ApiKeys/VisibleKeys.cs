using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.ApiKeys;

/// <summary>Which keys exist for a caller: for administrators all that are not deleted, for others their own among them.</summary>
internal static class VisibleKeys
{
    public static IQueryable<ApiKey> VisibleTo(this IQueryable<ApiKey> keys, ICurrentUser caller)
    {
        var live = keys.Where(key => key.DeletedAtUtc == null);
        return caller.IsAdmin ? live : live.Where(key => key.UserId == caller.Id);
    }
}
