using Gateway.Proxy;
using MediatR;

namespace Gateway.Features.Responses.ListResponseInput;

internal sealed class ListResponseInputHandler(StoredResponses responses) : IRequestHandler<ListResponseInputRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(ListResponseInputRequest request, CancellationToken cancellationToken)
    {
        await responses.ForwardAsync(request.Http, request.ResponseId, "/v1/responses/{id}/input_items", "/input_items");
        return ProxyReply.Done;
    }
}
