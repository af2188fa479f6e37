using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Tokens;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Accounts.RefreshToken;

internal sealed class RefreshTokenHandler(GatewayDbContext db, AccountDirectory accounts, TokenRefresher refresher, IAccountHealth health, SecretBox box)
    : IRequestHandler<RefreshTokenRequest, Result<AccountView>>
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public async Task<Result<AccountView>> Handle(RefreshTokenRequest request, CancellationToken cancellationToken)
    {
        if (accounts.Find(request.Id) is not { } account)
        {
            return AccountRows.NotFound(request.Id);
        }

        if (!TokenRefresher.IsRenewable(account))
        {
            return GatewayError.Conflict("The credentials of this account are not tokens that could be renewed.", "not_supported");
        }

        if (await refresher.RefreshAsync(account, cancellationToken) is { } failure)
        {
            return failure.Kind == FailureKind.AuthAccount
                ? GatewayError.Conflict(failure.Message, "token_refused")
                : GatewayError.Unavailable(failure.Message, failure.RetryAfter ?? RetryAfter);
        }

        return await db.Accounts.AsNoTracking().Existing().SingleOrDefaultAsync(row => row.Id == request.Id, cancellationToken) is { } row
            ? await AccountView.OfAsync(row, health, box, cancellationToken)
            : AccountRows.NotFound(request.Id);
    }
}
