using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Configs.ListConfigs;

internal sealed class ListConfigsHandler(GatewayDbContext db, DynamicConfigs configs) : IRequestHandler<ListConfigsRequest, Result<PagedList<ConfigItem>>>
{
    public async Task<Result<PagedList<ConfigItem>>> Handle(ListConfigsRequest request, CancellationToken cancellationToken)
    {
        var rows = await db.SystemConfigs.AsNoTracking().ToDictionaryAsync(row => row.Key, StringComparer.Ordinal, cancellationToken);
        var items = configs.All.PageOf(request).Select(setting => ConfigItem.Of(setting, rows.GetValueOrDefault(setting.Key)));
        return new PagedList<ConfigItem>([.. items], configs.All.Count, request.Page, request.PageSize);
    }
}
