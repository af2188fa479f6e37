using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.ApiKeys.DeleteApiKey;

/// <summary>Deletes an API key: it is refused from now on and its name is free again. What it has used stays in the records.</summary>
/// <param name="Id">Identifier of the key.</param>
public sealed record DeleteApiKeyRequest(long Id) : IRequest<Result<Nothing>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.User;
}
