using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.ModelAliases.DeleteModelAlias;

/// <summary>Removes a global alias: its name is from then on a model's name like any other.</summary>
/// <param name="Alias">The name.</param>
public sealed record DeleteModelAliasRequest(string Alias) : IRequest<Result<Nothing>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
