using Gateway.Proxy;
using Gateway.Proxy.Scheduling;
using MediatR;

namespace Gateway.Features.Accounts.TestAccount;

internal sealed class TestAccountHandler(AccountDirectory accounts, AccountProbe probe) : IRequestHandler<TestAccountRequest, Result<TestAccountResponse>>
{
    public async Task<Result<TestAccountResponse>> Handle(TestAccountRequest request, CancellationToken cancellationToken)
    {
        if (accounts.Find(request.Id) is not { } account)
        {
            return AccountRows.NotFound(request.Id);
        }

        if (await probe.RunAsync(account, request.Model, cancellationToken) is not { } result)
        {
            return GatewayError.Conflict("This version cannot call accounts of this platform yet.", "not_supported");
        }

        return new TestAccountResponse(result.Failure is null, result.Status, result.LatencyMs, result.Model, result.Failure?.Message ?? "ok");
    }
}
