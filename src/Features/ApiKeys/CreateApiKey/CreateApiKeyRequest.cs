using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.ApiKeys.CreateApiKey;

/// <summary>Creates an API key and shows its secret, this once.</summary>
/// <remarks>
/// For a caller who is no administrator all other fields are copied from the <c>key_defaults</c> that an administrator gave them, and deleting a key and
/// creating another wins nothing: a deleted key keeps its place in <c>max_keys</c> for 32 days, so that every period and every request of it is over, and what all
/// deleted keys have spent is taken off the new key's <c>quota_usd</c>. When nothing is left of it, the key is refused with 403. Rotate a key to replace its secret.
/// </remarks>
public sealed record CreateApiKeyRequest : ApiKeyFields, IRequest<Result<ApiKeyWithSecret>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.User;
}
