using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Models.GetModel;

/// <summary>One model, if the calling key can reach it.</summary>
internal sealed record GetModelRequest(HttpContext Http, ClientFormat Format, string Model) : IRequest<ProxyReply>, IRequireApiKey
{
    public bool AcceptsKeyInQuery => true;
}
