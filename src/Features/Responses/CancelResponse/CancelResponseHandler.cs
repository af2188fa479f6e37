using Gateway.Proxy;
using MediatR;

namespace Gateway.Features.Responses.CancelResponse;

internal sealed class CancelResponseHandler(StoredResponses responses) : IRequestHandler<CancelResponseRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(CancelResponseRequest request, CancellationToken cancellationToken)
    {
        await responses.ForwardAsync(request.Http, request.ResponseId, "/v1/responses/{id}/cancel", "/cancel");
        return ProxyReply.Done;
    }
}
