using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Scheduling;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Accounts.GetAccount;

internal sealed class GetAccountHandler(GatewayDbContext db, IAccountHealth health, SecretBox box) : IRequestHandler<GetAccountRequest, Result<AccountView>>
{
    public async Task<Result<AccountView>> Handle(GetAccountRequest request, CancellationToken cancellationToken) =>
        await db.Accounts.AsNoTracking().Existing().SingleOrDefaultAsync(row => row.Id == request.Id, cancellationToken) is { } account
            ? await AccountView.OfAsync(account, health, box, cancellationToken)
            : AccountRows.NotFound(request.Id);
}
