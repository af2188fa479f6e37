using Gateway.Proxy;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Responses.CreateResponse;

internal sealed class CreateResponseHandler(Forwarder forwarder) : IRequestHandler<CreateResponseRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(CreateResponseRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.Generate, "/v1/responses");
        return ProxyReply.Done;
    }
}
