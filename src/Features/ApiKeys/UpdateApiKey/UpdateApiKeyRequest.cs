using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.ApiKeys.UpdateApiKey;

/// <summary>Changes an API key: absent members stay as they are, null clears, lists and objects are replaced whole.</summary>
public sealed record UpdateApiKeyRequest : ApiKeyFields, IRequest<Result<ApiKeyView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.User;

    internal long Id { get; init; }

    internal string? IfMatch { get; init; }
}
