using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.ModelAliases.SetModelAlias;

/// <summary>Sets what a global alias stands for, whether or not there is one of that name.</summary>
/// <param name="Models">
/// 1 to 20 models, each once, in the order in which they are tried. They are taken as models: an alias among them is not followed.
/// </param>
public sealed record SetModelAliasRequest(IReadOnlyList<string> Models) : IRequest<Result<ModelAliasView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;

    internal string Alias { get; init; } = "";
}
