using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.ApiKeys.GetApiKey;

/// <summary>Shows one API key with what it has spent.</summary>
/// <param name="Id">Identifier of the key.</param>
public sealed record GetApiKeyRequest(long Id) : IRequest<Result<ApiKeyView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.User;
}
