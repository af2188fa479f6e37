using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.ModelAliases.ListModelAliases;

internal sealed class ListModelAliasesHandler(GatewayDbContext db) : IRequestHandler<ListModelAliasesRequest, Result<PagedList<ModelAliasView>>>
{
    public async Task<Result<PagedList<ModelAliasView>>> Handle(ListModelAliasesRequest request, CancellationToken cancellationToken)
    {
        var total = await db.ModelAliases.LongCountAsync(cancellationToken);
        var rows = await db.ModelAliases.AsNoTracking().OrderBy(row => row.Alias).PageOf(request).ToListAsync(cancellationToken);
        return new PagedList<ModelAliasView>([.. rows.Select(ModelAliasView.Of)], total, request.Page, request.PageSize);
    }
}
