using MediatR;

namespace Gateway.Features.Gadgets.CreateGadget;

internal sealed class CreateGadgetHandler : IRequestHandler<CreateGadgetRequest, Result<CreateGadgetResponse>>
{
    public Task<Result<CreateGadgetResponse>> Handle(CreateGadgetRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<Result<CreateGadgetResponse>>(new CreateGadgetResponse(request.Name));
}
