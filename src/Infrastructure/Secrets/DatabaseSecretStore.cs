using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Secrets;

/// <summary>The ring of many instances: in the shared database, so that all accept the same tokens.</summary>
internal sealed class DatabaseSecretStore(IServiceScopeFactory scopes, MasterKey master) : ISecretStore
{
    public async Task<IReadOnlyList<RingKey>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        var rows = await db.SecretKeys.AsNoTracking().ToListAsync(cancellationToken);
        return [.. rows.Select(row => new RingKey(row.Id, row.Purpose, master.Unwrap(row.Id, row.Material), row.CreatedAtUtc))];
    }

    public async Task AddAsync(IReadOnlyList<RingKey> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
            db.SecretKeys.Add(new SecretKey
            {
                Id = key.Id,
                Purpose = key.Purpose,
                Material = master.Wrap(key.Id, key.Material),
                CreatedAtUtc = key.CreatedAtUtc,
            });
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException exception) when (exception.InnerException is { } inner && UniqueViolation.Is(inner))
            {
                // Another instance made this generation first: its key is the one.
            }
        }
    }
}
