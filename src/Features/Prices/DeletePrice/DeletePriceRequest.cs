using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Prices.DeletePrice;

/// <summary>
/// Ends an administrator's price: from now on the shipped price counts again, or the policy for models without one. The history keeps the price
/// and gets an entry for its end; prices that had not begun are dropped.
/// </summary>
/// <param name="Platform">The platform.</param>
/// <param name="Model">The model's name; may contain slashes, raw or as <c>%2F</c>.</param>
public sealed record DeletePriceRequest(string Platform, string Model) : IRequest<Result<Nothing>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
