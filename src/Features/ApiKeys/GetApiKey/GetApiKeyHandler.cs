using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using Gateway.Proxy.Metering;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.ApiKeys.GetApiKey;

internal sealed class GetApiKeyHandler(GatewayDbContext db, ICurrentUser caller, KeySpending spending) : IRequestHandler<GetApiKeyRequest, Result<ApiKeyView>>
{
    public async Task<Result<ApiKeyView>> Handle(GetApiKeyRequest request, CancellationToken cancellationToken)
    {
        var key = await db.ApiKeys.AsNoTracking().VisibleTo(caller).SingleOrDefaultAsync(row => row.Id == request.Id, cancellationToken);
        return key is null ? ApiKeyErrors.NotFound(request.Id) : await ApiKeyView.ReadAsync(key, spending, cancellationToken);
    }
}
