using Gateway.Proxy;
using MediatR;

namespace Gateway.Features.Responses.DeleteResponse;

internal sealed class DeleteResponseHandler(StoredResponses responses) : IRequestHandler<DeleteResponseRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(DeleteResponseRequest request, CancellationToken cancellationToken)
    {
        await responses.ForwardAsync(request.Http, request.ResponseId, "/v1/responses/{id}");
        return ProxyReply.Done;
    }
}
