using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Accounts.DeleteAccount;

internal sealed class DeleteAccountHandler(GatewayDbContext db, TimeProvider clock) : IRequestHandler<DeleteAccountRequest, Result<Nothing>>
{
    public async Task<Result<Nothing>> Handle(DeleteAccountRequest request, CancellationToken cancellationToken)
    {
        if (await db.Accounts.Existing().SingleOrDefaultAsync(row => row.Id == request.Id, cancellationToken) is not { } account)
        {
            return AccountRows.NotFound(request.Id);
        }

        account.LiveName = null;
        account.DeletedAtUtc = clock.UtcNowMicroseconds();

        // Usage needs the row, nobody needs its secrets.
        account.CredentialsEncrypted = "";
        account.CredentialsHint = "";
        account.ProxyUrlEncrypted = null;
        await db.SaveChangesAsync(cancellationToken);
        return Nothing.Value;
    }
}
