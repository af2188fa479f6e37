using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Models.ListModels;

/// <summary>The models that the calling key can reach.</summary>
internal sealed record ListModelsRequest(HttpContext Http, ClientFormat Format) : IRequest<ProxyReply>, IRequireApiKey
{
    public bool AcceptsKeyInQuery => true;
}
