using System.Security.Cryptography;
using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Caching;

internal static class CacheVersions
{
    /// <summary>Gives an area a new version when the context is saved: every instance then loads it again.</summary>
    /// <remarks>For changes that the change tracker does not see; for others <see cref="CacheVersionInterceptor"/> does it.</remarks>
    public static void Touch(this DbContext context, string area)
    {
        // A random version needs no read: it only has to differ from the last one.
        var tracked = context.ChangeTracker.Entries<CacheVersion>().FirstOrDefault(entry => entry.Entity.Area == area);
        var row = tracked ?? context.Attach(new CacheVersion { Area = area });
        row.Entity.Version = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        row.Property(version => version.Version).IsModified = true;
    }
}
