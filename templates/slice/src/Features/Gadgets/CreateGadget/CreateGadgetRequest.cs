using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Gadgets.CreateGadget;

/// <summary>What the call does, in one sentence: it becomes the OpenAPI text.</summary>
/// <param name="Name">What it means: unit, range, default, what absence means.</param>
public sealed record CreateGadgetRequest(string Name) : IRequest<Result<CreateGadgetResponse>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}

/// <summary>What the caller gets.</summary>
/// <param name="Name">What it means.</param>
public sealed record CreateGadgetResponse(string Name);
