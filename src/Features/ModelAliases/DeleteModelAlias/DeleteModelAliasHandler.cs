using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.ModelAliases.DeleteModelAlias;

internal sealed class DeleteModelAliasHandler(GatewayDbContext db) : IRequestHandler<DeleteModelAliasRequest, Result<Nothing>>
{
    public async Task<Result<Nothing>> Handle(DeleteModelAliasRequest request, CancellationToken cancellationToken)
    {
        if (await db.ModelAliases.SingleOrDefaultAsync(row => row.Alias == request.Alias, cancellationToken) is not { } row)
        {
            return GatewayError.NotFound($"There is no alias '{request.Alias}'.");
        }

        db.ModelAliases.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        return Nothing.Value;
    }
}
