using Gateway.Proxy;
using MediatR;

namespace Gateway.Features.Responses.GetResponse;

internal sealed class GetResponseHandler(StoredResponses responses) : IRequestHandler<GetResponseRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(GetResponseRequest request, CancellationToken cancellationToken)
    {
        await responses.ForwardAsync(request.Http, request.ResponseId, "/v1/responses/{id}");
        return ProxyReply.Done;
    }
}
