using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.ApiKeys.RotateApiKey;

/// <summary>Gives an API key a new secret and shows it, this once. All else of the key, its spending too, stays as it is.</summary>
/// <param name="OverlapSeconds">How long the present secret is accepted beside the new one: 0, the default, to 604800 (a week). A secret older than that ends at once.</param>
public sealed record RotateApiKeyRequest(int OverlapSeconds = 0) : IRequest<Result<ApiKeyWithSecret>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.User;

    internal long Id { get; init; }
}
