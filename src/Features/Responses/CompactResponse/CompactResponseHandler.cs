using Gateway.Proxy;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Responses.CompactResponse;

internal sealed class CompactResponseHandler(Forwarder forwarder) : IRequestHandler<CompactResponseRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(CompactResponseRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.Compact, "/v1/responses/compact");
        return ProxyReply.Done;
    }
}
