using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.ModelAliases.SetModelAlias;

internal sealed class SetModelAliasHandler(GatewayDbContext db, TimeProvider clock) : IRequestHandler<SetModelAliasRequest, Result<ModelAliasView>>
{
    public async Task<Result<ModelAliasView>> Handle(SetModelAliasRequest request, CancellationToken cancellationToken)
    {
        var row = await db.ModelAliases.SingleOrDefaultAsync(row => row.Alias == request.Alias, cancellationToken);
        if (row is null)
        {
            row = new ModelAlias { Alias = request.Alias };
            db.ModelAliases.Add(row);
        }

        row.Models = request.Models;
        row.UpdatedAtUtc = clock.UtcNowMicroseconds();
        await db.SaveChangesAsync(cancellationToken);
        return ModelAliasView.Of(row);
    }
}
