using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Scheduling;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Accounts.RecoverAccount;

internal sealed class RecoverAccountHandler(GatewayDbContext db, IAccountHealth health, SecretBox box)
    : IRequestHandler<RecoverAccountRequest, Result<AccountView>>
{
    public async Task<Result<AccountView>> Handle(RecoverAccountRequest request, CancellationToken cancellationToken)
    {
        if (await db.Accounts.Existing().SingleOrDefaultAsync(row => row.Id == request.Id, cancellationToken) is not { } account)
        {
            return AccountRows.NotFound(request.Id);
        }

        // Live state first: should the rows then fail, the call is repeated; the other way round the account would look well and still be left alone.
        await health.RecoverAsync(account.Id, cancellationToken);
        await db.ClearMarksAsync(account, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return await AccountView.OfAsync(account, health, box, cancellationToken);
    }
}
